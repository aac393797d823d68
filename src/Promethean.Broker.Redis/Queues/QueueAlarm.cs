namespace Promethean.Broker.Redis;

/// <summary>Wakes when time alone will have changed something in a queue.</summary>
internal sealed class QueueAlarm : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private DateTimeOffset? _due;

    public QueueAlarm(Action ring, TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            _ =>
            {
                lock (_lock)
                {
                    _due = null;
                }

                ring();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Wakes after the delay, unless it wakes before anyway.</summary>
    public void Set(TimeSpan delay)
    {
        lock (_lock)
        {
            var due = _time.GetUtcNow() + delay;
            if (_due is null || due < _due)
            {
                _due = due;
                // Redis counts whole milliseconds.
                _timer.Change(delay + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => _timer.Dispose();
}
