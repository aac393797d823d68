namespace Promethean.Crawler;

/// <summary>Spaces out fetches over all hosts evenly.</summary>
internal sealed class RequestRate(double? perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _next;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (perSecond is not { } rate) return Task.CompletedTask;
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var mine = _next > now ? _next : now;
            _next = mine + TimeSpan.FromSeconds(1 / rate);
            wait = mine - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
