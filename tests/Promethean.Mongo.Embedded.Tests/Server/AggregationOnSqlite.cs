namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class AggregationOnSqlite(SqliteTarget target) : AggregationFacts<SqliteTarget>(target);
