namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ChangeStreamOnSqlite(SqliteTarget target) : ChangeStreamFacts<SqliteTarget>(target);
