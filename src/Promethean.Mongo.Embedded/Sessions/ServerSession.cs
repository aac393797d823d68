using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Sessions;

/// <summary>
/// What the server remembers of one client session: the results of its latest retryable write, so that a retry of any of its
/// statements is answered, not repeated. Results are read and added only within a write transaction, of which there is one at a time.
/// </summary>
internal sealed class ServerSession(Guid id)
{
    private readonly Dictionary<int, BsonDocument> _results = [];
    private long _transactionNumber = -1;

    public Guid Id => id;

    /// <summary>The time of the session's last command, as a timestamp of the server's clock.</summary>
    public long LastUse { get; set; }

    /// <summary>The result of a statement that was carried out before, or null.</summary>
    /// <exception cref="MongoCommandFailedException">Code 225: the session has gone on to a later transaction number.</exception>
    public BsonDocument? FindResult(long transactionNumber, int statement)
    {
        if (transactionNumber < _transactionNumber)
        {
            throw new MongoCommandFailedException(
                MongoErrorCode.TransactionTooOld,
                $"Retryable write with txnNumber {transactionNumber} is prohibited on session {id} because a newer retryable write with txnNumber {_transactionNumber} has already started on this session.");
        }

        return transactionNumber == _transactionNumber ? _results.GetValueOrDefault(statement) : null;
    }

    /// <summary>Remembers the result of a statement; those of earlier transaction numbers are forgotten.</summary>
    public void AddResult(long transactionNumber, int statement, BsonDocument result)
    {
        if (transactionNumber != _transactionNumber)
        {
            _transactionNumber = transactionNumber;
            _results.Clear();
        }

        _results[statement] = result;
    }

    /// <summary>Forgets a result whose write was not committed.</summary>
    public void RemoveResult(long transactionNumber, int statement)
    {
        if (transactionNumber == _transactionNumber) _results.Remove(statement);
    }
}
