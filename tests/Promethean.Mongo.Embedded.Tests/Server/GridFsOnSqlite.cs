namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class GridFsOnSqlite(SqliteTarget target) : GridFsFacts<SqliteTarget>(target);
