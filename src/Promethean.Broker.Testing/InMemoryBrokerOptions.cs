namespace Promethean.Broker.Testing;

/// <summary>The limits of an <see cref="InMemoryBroker"/>.</summary>
public sealed class InMemoryBrokerOptions
{
    /// <summary>How long a request waits for its final event, where the call does not say. Default: 60 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call waits for its client to reconnect, where the call does not say. Default: 5 s.</summary>
    public TimeSpan DisconnectedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests that wait for a worker's credit, over all actions; one more is refused with
    /// <see cref="BrokerErrorCode.Overloaded"/>. Default: 1,024.</summary>
    public int MaxQueuedRequests { get; init; } = 1024;

    /// <summary>What an <see cref="BrokerErrorCode.Overloaded"/> of the broker itself says about when to try again. Default: 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events of one answer held for a caller that is behind; one more fails the request with
    /// <see cref="BrokerErrorCode.Overloaded"/> and cancels the work. Default: 4,096.</summary>
    public int MaxPendingReplies { get; init; } = 4096;

    /// <summary>Entries of the log that are kept, the newest. Default: 10,000.</summary>
    public int LogCapacity { get; init; } = 10_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DisconnectedTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedRequests, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingReplies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogCapacity, 1);
    }
}
