namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class LinqOnSqlite(SqliteTarget target) : LinqFacts<SqliteTarget>(target);
