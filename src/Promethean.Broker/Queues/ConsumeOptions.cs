namespace Promethean.Broker;

/// <summary>How a consumer takes tasks.</summary>
public sealed class ConsumeOptions
{
    /// <summary>Tasks held at once. At least 1. Default: 1, which keeps the queue's order for this consumer.</summary>
    public int Credit { get; init; } = 1;

    /// <summary>How long a task may stay unsettled before the broker gives it to someone else. From 100 ms
    /// (<see cref="QueueLimits.MinLease"/>) to a day. Default: 5 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The delay before a task whose handler threw is given out again; it doubles with each attempt, up to
    /// <see cref="MaxRetryDelay"/>. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such delay. Default: 5 minutes.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The delay that follows a failed attempt.</summary>
    /// <param name="attempts">Attempts so far, from 1.</param>
    public TimeSpan RetryDelayAfter(int attempts)
    {
        var delay = RetryDelay.Ticks * Math.Pow(2, Math.Clamp(attempts - 1, 0, 40));
        return delay >= MaxRetryDelay.Ticks ? MaxRetryDelay : TimeSpan.FromTicks((long)delay);
    }

    /// <summary>Refuses values out of range; for those who implement <see cref="IBrokerQueue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Credit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Credit, QueueLimits.MaxCredit);
        ArgumentOutOfRangeException.ThrowIfLessThan(Lease, QueueLimits.MinLease);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Lease, QueueLimits.MaxDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRetryDelay, QueueLimits.MaxDelay);
    }
}
