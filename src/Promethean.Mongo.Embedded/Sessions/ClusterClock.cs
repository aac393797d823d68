using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Sessions;

/// <summary>
/// The logical time of this one-member replica set: seconds and a counter. Each change has a time of its own, given in the order of
/// the oplog; <see cref="Committed"/> is a time up to which every change has been committed. Safe for any number of threads.
/// </summary>
internal sealed class ClusterClock
{
    /// <summary>MongoDB's maxAcceptableLogicalClockDriftSecs: a year.</summary>
    private const long MaxDriftSeconds = 31_536_000;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private long _latest;
    private long _committed;
    private int _open;

    public ClusterClock(TimeProvider time)
    {
        _time = time;
        _latest = _committed = Now();
    }

    /// <summary>The greatest time that was given or that a client has seen.</summary>
    public BsonTimestamp Latest
    {
        get
        {
            lock (_gate) return new BsonTimestamp(_latest);
        }
    }

    /// <summary>A time up to which every change is committed: a view opened afterwards shows all of them.</summary>
    public BsonTimestamp Committed
    {
        get
        {
            lock (_gate) return new BsonTimestamp(_committed);
        }
    }

    /// <summary>Goes on after the last change of an earlier run.</summary>
    public void StartAfter(long last)
    {
        lock (_gate) _latest = _committed = Math.Max(_latest, last);
    }

    /// <summary>Gives times to some changes, one after the other, and returns the first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="begins">Whether these are the first of their storage transaction, for which <see cref="Settle"/> will be called.</param>
    public long Reserve(int count, bool begins)
    {
        lock (_gate)
        {
            if (begins) _open++;
            var first = Math.Max(_latest + 1, Now());
            _latest = first + count - 1;
            return first;
        }
    }

    /// <summary>The storage transaction of changes up to this time has been committed, or else nothing of it remains.</summary>
    public void Settle(long last, bool committed)
    {
        lock (_gate)
        {
            _open--;
            // Transactions commit in the order in which times were given: this one's commit is that of all before it.
            if (committed) _committed = Math.Max(_committed, last);
        }
    }

    /// <summary>Lets <see cref="Committed"/> follow the wall clock while nothing is being written.</summary>
    public BsonTimestamp Idle()
    {
        lock (_gate)
        {
            if (_open == 0) _committed = _latest = Math.Max(_latest, Now());
            return new BsonTimestamp(_committed);
        }
    }

    /// <summary>Takes note of a time a client has seen, so that what is written next is later.</summary>
    /// <exception cref="MongoCommandFailedException">Code 206: no server can have given such a time.</exception>
    public void Advance(BsonTimestamp seen)
    {
        if ((uint)seen.Timestamp > _time.GetUtcNow().ToUnixTimeSeconds() + MaxDriftSeconds)
        {
            throw new MongoCommandFailedException(
                206, "ClusterTimeFailsRateLimiter", $"New cluster time, {seen}, is too far from this node's wall clock");
        }

        lock (_gate) _latest = Math.Max(_latest, seen.Value);
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeSeconds() << 32 | 1;
}
