namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CollectionOnSqlite(SqliteTarget target) : CollectionFacts<SqliteTarget>(target);
