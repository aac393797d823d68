namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class WriteOnSqlite(SqliteTarget target) : WriteFacts<SqliteTarget>(target);
