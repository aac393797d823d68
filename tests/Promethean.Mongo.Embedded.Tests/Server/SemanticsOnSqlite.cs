namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class SemanticsOnSqlite(SqliteTarget target) : SemanticsFacts<SqliteTarget>(target);
