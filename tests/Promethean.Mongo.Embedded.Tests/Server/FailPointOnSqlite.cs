namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class FailPointOnSqlite(SqliteTarget target) : FailPointFacts<SqliteTarget>(target);
