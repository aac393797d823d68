using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>Begins transactions and ends those that take too long. Safe for any number of threads.</summary>
internal sealed class TransactionCoordinator(OplogEngine storage, CursorRegistry cursors, TimeProvider time, TimeSpan lifetime)
{
    public OplogEngine Storage => storage;

    public CursorRegistry Cursors => cursors;

    public WriteIntents Intents => storage.Intents;

    /// <summary>Begins a transaction under a number not used before in its session.</summary>
    /// <exception cref="MongoCommandFailedException">Code 225 or 117: the number has been used.</exception>
    public MultiDocumentTransaction Begin(ServerSession session, long number) =>
        session.Begin(number, () => new MultiDocumentTransaction(this, session, number, time.GetTimestamp()));

    /// <summary>The open transaction of a session.</summary>
    /// <exception cref="MongoCommandFailedException">Code 251 or 225: there is none of that number.</exception>
    public MultiDocumentTransaction Continue(ServerSession session, long number)
    {
        var open = session.Find(number);
        EndIfOverdue(open);
        return open.IsOpen ? open : throw ServerSession.NoSuchTransaction($"Transaction with {{ txnNumber: {number} }} has been aborted.");
    }

    /// <summary>Aborts a transaction that has been open longer than the limit.</summary>
    public void EndIfOverdue(MultiDocumentTransaction open)
    {
        if (open.IsOpen && time.GetElapsedTime(open.Started) > lifetime) open.Abort();
    }
}
