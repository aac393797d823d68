using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Sessions;

/// <summary>
/// The logical time of this one-member replica set: seconds and a counter, growing with every write. Safe for any number of threads.
/// </summary>
internal sealed class ClusterClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _latest = time.GetUtcNow().ToUnixTimeSeconds() << 32 | 1;

    /// <summary>The time of the latest write.</summary>
    public BsonTimestamp Latest
    {
        get
        {
            lock (_gate) return new BsonTimestamp(_latest);
        }
    }

    /// <summary>A later time than any given before.</summary>
    public BsonTimestamp Tick()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds() << 32 | 1;
        lock (_gate)
        {
            _latest = Math.Max(_latest + 1, now);
            return new BsonTimestamp(_latest);
        }
    }

    /// <summary>Takes note of a time a client has seen, so that what is written next is later.</summary>
    public void Advance(BsonTimestamp seen)
    {
        lock (_gate) _latest = Math.Max(_latest, seen.Value);
    }
}
