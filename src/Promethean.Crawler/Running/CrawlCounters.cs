namespace Promethean.Crawler;

/// <summary>What this process has done in the run so far. Safe from any thread.</summary>
internal sealed class CrawlCounters
{
    private long _fetched;
    private long _notModified;
    private long _failed;
    private long _blocked;
    private long _bytes;
    private long _summarised;
    private long _tagged;
    private long _indexed;
    private long _queued;
    private long _passesWaiting;
    private int _inFlight;

    public long Fetched => Interlocked.Read(ref _fetched);

    public long NotModified => Interlocked.Read(ref _notModified);

    public long Failed => Interlocked.Read(ref _failed);

    public long Blocked => Interlocked.Read(ref _blocked);

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Summarised => Interlocked.Read(ref _summarised);

    public long Tagged => Interlocked.Read(ref _tagged);

    public long Indexed => Interlocked.Read(ref _indexed);

    public long Queued => Math.Max(0, Interlocked.Read(ref _queued));

    public long PassesWaiting => Math.Max(0, Interlocked.Read(ref _passesWaiting));

    public int InFlight => Volatile.Read(ref _inFlight);

    public string? LastPassError { get; set; }

    public void AddFetched(long bytes)
    {
        Interlocked.Increment(ref _fetched);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void AddNotModified() => Interlocked.Increment(ref _notModified);

    public void AddFailed(long count = 1) => Interlocked.Add(ref _failed, count);

    public void AddBlocked() => Interlocked.Increment(ref _blocked);

    public void AddQueued(long count) => Interlocked.Add(ref _queued, count);

    public void AddPasses(long count) => Interlocked.Add(ref _passesWaiting, count);

    public void AddInFlight(int count) => Interlocked.Add(ref _inFlight, count);

    public void AddPassDone(string stage)
    {
        switch (stage)
        {
            case PassStage.Summary: Interlocked.Increment(ref _summarised); break;
            case PassStage.Tags: Interlocked.Increment(ref _tagged); break;
            default: Interlocked.Increment(ref _indexed); break;
        }
    }
}
