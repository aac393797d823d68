namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class BulkWriteOnSqlite(SqliteTarget target) : BulkWriteFacts<SqliteTarget>(target);
