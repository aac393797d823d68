namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class StageBuilderOnSqlite(SqliteTarget target) : StageBuilderFacts<SqliteTarget>(target);
