namespace Promethean.Broker.Server;

/// <summary>The one timer that stands for every delay and every lease; set under the dispatcher's lock, which it does not hold when it
/// rings.</summary>
internal sealed class DueTimer(TimeProvider time, Action rang) : IAsyncDisposable
{
    private readonly ITimer _timer = time.CreateTimer(_ => rang(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private DateTimeOffset? _armed;

    /// <summary>Sees to it that it rings no later than this.</summary>
    public void Arm(DateTimeOffset due)
    {
        if (_armed is { } armed && armed <= due)
        {
            return;
        }

        _armed = due;
        // Timers count whole milliseconds, and one that comes too early comes in vain.
        var wait = Math.Max(0, Math.Ceiling((due - time.GetUtcNow()).TotalMilliseconds));
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>It has rung: nothing is set any more.</summary>
    public void Clear() => _armed = null;

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
