namespace Promethean.Crawler;

/// <summary>Spaces out fetches over all hosts evenly.</summary>
internal sealed class RequestRate(double? perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _next = long.MinValue;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (perSecond is not { } rate) return Task.CompletedTask;
        TimeSpan wait;
        lock (_lock)
        {
            // Timestamps, not the time of day: a clock that is set back must not stop the crawl.
            var now = time.GetTimestamp();
            var mine = Math.Max(_next, now);
            _next = mine + (long)(time.TimestampFrequency / rate);
            wait = time.GetElapsedTime(now, mine);
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
