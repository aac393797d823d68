namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CrudOnSqlite(SqliteTarget target) : CrudFacts<SqliteTarget>(target);
