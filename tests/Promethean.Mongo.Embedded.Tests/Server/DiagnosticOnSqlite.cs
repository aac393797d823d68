namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class DiagnosticOnSqlite(SqliteTarget target) : DiagnosticFacts<SqliteTarget>(target);
