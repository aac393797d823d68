namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// A transaction writes what another one has written since its snapshot, or is about to: it cannot go on. Not a refused statement, so
/// that no command mistakes it for one of its write errors.
/// </summary>
internal sealed class WriteConflictException(string what)
    : Exception($"Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction. ({what})");
