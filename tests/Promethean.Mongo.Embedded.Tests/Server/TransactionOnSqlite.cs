namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TransactionOnSqlite(SqliteTarget target) : TransactionFacts<SqliteTarget>(target);
