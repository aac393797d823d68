namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>What the expiry of documents has done: <c>metrics.ttl</c> of serverStatus. Safe for any number of threads.</summary>
internal sealed class ExpiryCounters
{
    private long _passes;
    private long _deleted;

    public long Passes => Interlocked.Read(ref _passes);

    public long Deleted => Interlocked.Read(ref _deleted);

    public void AddPass() => Interlocked.Increment(ref _passes);

    public void AddDeleted(int count) => Interlocked.Add(ref _deleted, count);
}
