namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class IndexOnSqlite(SqliteTarget target) : IndexFacts<SqliteTarget>(target);
