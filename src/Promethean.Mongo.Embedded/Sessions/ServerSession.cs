using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Transactions;

namespace Promethean.Mongo.Embedded.Sessions;

/// <summary>
/// What the server remembers of one client session: what has become of its latest transaction number. That is either a transaction, or
/// a retryable write with its results, so that a retry of any of its statements is answered, not repeated. Safe for any number of threads.
/// </summary>
internal sealed class ServerSession(Guid id)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, BsonDocument> _results = [];
    private long _number = -1;
    private TransactionOutcome _outcome;
    private MultiDocumentTransaction? _open;

    public Guid Id => id;

    /// <summary>The time of the session's last command, as a timestamp of the server's clock.</summary>
    public long LastUse { get; set; }

    /// <summary>The transaction that goes on, or null.</summary>
    public MultiDocumentTransaction? Open
    {
        get
        {
            lock (_gate) return _outcome == TransactionOutcome.Open ? _open : null;
        }
    }

    public static MongoCommandFailedException NoSuchTransaction(string message) => new(MongoErrorCode.NoSuchTransaction, message);

    /// <summary>Begins or goes on with a retryable write.</summary>
    /// <exception cref="MongoCommandFailedException">Code 225: the session has gone on to a later number; 217: it is that of a transaction.</exception>
    public void BeginWrite(long number)
    {
        MultiDocumentTransaction? left;
        lock (_gate)
        {
            left = GoTo(number, "Retryable write");
            if (number == _number && _outcome != TransactionOutcome.NoTransaction)
            {
                throw new MongoCommandFailedException(
                    217, "IncompleteTransactionHistory", $"Cannot retry a retryable write that has been converted into a transaction: txnNumber {number} on session {id}");
            }
        }

        left?.Abort();
    }

    /// <summary>The result of a statement that was carried out before, or null.</summary>
    /// <exception cref="MongoCommandFailedException">Code 225: the session has gone on to a later transaction number.</exception>
    public BsonDocument? FindResult(long number, int statement)
    {
        lock (_gate)
        {
            if (number < _number) throw TooOld(number, "Retryable write");
            return number == _number ? _results.GetValueOrDefault(statement) : null;
        }
    }

    /// <summary>Remembers the result of a statement; those of earlier transaction numbers are forgotten.</summary>
    public void AddResult(long number, int statement, BsonDocument result)
    {
        lock (_gate)
        {
            if (number < _number) return;
            if (number > _number) Use(number, TransactionOutcome.NoTransaction);
            _results[statement] = result;
        }
    }

    /// <summary>Forgets a result whose write was not committed.</summary>
    public void RemoveResult(long number, int statement)
    {
        lock (_gate)
        {
            if (number == _number) _results.Remove(statement);
        }
    }

    /// <summary>Begins a transaction under a new number; one that goes on is aborted.</summary>
    /// <exception cref="MongoCommandFailedException">Code 225 or 117: the number has been used.</exception>
    public MultiDocumentTransaction Begin(long number, Func<MultiDocumentTransaction> make)
    {
        MultiDocumentTransaction? left;
        MultiDocumentTransaction begun;
        lock (_gate)
        {
            if (number == _number)
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.ConflictingOperationInProgress, $"Only servers in a sharded cluster can start a new transaction at the active transaction number {number}");
            }

            left = GoTo(number, "Transaction");
            _open = begun = make();
            _outcome = TransactionOutcome.Open;
        }

        left?.Abort();
        return begun;
    }

    /// <summary>The open transaction that a number stands for.</summary>
    /// <exception cref="MongoCommandFailedException">Code 251: it stands for none; 256: it has been committed; 225: the session has gone on.</exception>
    public MultiDocumentTransaction Find(long number)
    {
        lock (_gate)
        {
            if (number < _number) throw TooOld(number, "Transaction");
            if (number > _number || _outcome == TransactionOutcome.NoTransaction)
            {
                throw NoSuchTransaction(
                    $"Given transaction number {number} does not match any in-progress transactions. The active transaction number is {_number}");
            }

            if (_outcome == TransactionOutcome.Committed)
                throw new MongoCommandFailedException(MongoErrorCode.TransactionCommitted, $"Transaction with {{ txnNumber: {number} }} has been committed.");
            return _open ?? throw NoSuchTransaction($"Transaction with {{ txnNumber: {number} }} has been aborted.");
        }
    }

    public TransactionOutcome OutcomeOf(long number)
    {
        lock (_gate) return number == _number ? _outcome : TransactionOutcome.NoTransaction;
    }

    /// <summary>Takes note of what has become of a transaction; the first note counts.</summary>
    public void Note(long number, TransactionOutcome outcome)
    {
        lock (_gate)
        {
            if (number != _number || _outcome != TransactionOutcome.Open) return;
            _outcome = outcome;
            _open = null;
        }
    }

    /// <summary>Remembers what an earlier run of the server has done, the latest first.</summary>
    public void Restore(long number, bool isTransaction, IEnumerable<(int Statement, BsonDocument Result)> results)
    {
        lock (_gate)
        {
            if (number < _number) return;
            if (number > _number) Use(number, isTransaction ? TransactionOutcome.Committed : TransactionOutcome.NoTransaction);
            foreach (var (statement, result) in results) _results[statement] = result;
        }
    }

    // Goes on to a number and returns the open transaction that is left behind.
    private MultiDocumentTransaction? GoTo(long number, string kind)
    {
        if (number < _number) throw TooOld(number, kind);
        if (number == _number) return null;
        var left = _outcome == TransactionOutcome.Open ? _open : null;
        Use(number, TransactionOutcome.NoTransaction);
        return left;
    }

    private void Use(long number, TransactionOutcome outcome)
    {
        _number = number;
        _outcome = outcome;
        _open = null;
        _results.Clear();
    }

    private MongoCommandFailedException TooOld(long number, string kind) => new(
        MongoErrorCode.TransactionTooOld,
        $"{kind} with txnNumber {number} is prohibited on session {id} because a newer retryable write or transaction with txnNumber {_number} has already started on this session.");
}
