namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TogetherOnSqlite(SqliteTarget target) : TogetherFacts<SqliteTarget>(target);
