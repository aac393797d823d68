namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ValidationOnSqlite(SqliteTarget target) : ValidationFacts<SqliteTarget>(target);
