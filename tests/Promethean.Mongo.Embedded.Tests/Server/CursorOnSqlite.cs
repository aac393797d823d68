namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CursorOnSqlite(SqliteTarget target) : CursorFacts<SqliteTarget>(target);
