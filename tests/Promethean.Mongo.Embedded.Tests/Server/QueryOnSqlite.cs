namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class QueryOnSqlite(SqliteTarget target) : QueryFacts<SqliteTarget>(target);
