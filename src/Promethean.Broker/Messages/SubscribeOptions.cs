namespace Promethean.Broker;

/// <summary>How a subscription buffers and is handled.</summary>
public sealed class SubscribeOptions
{
    /// <summary>Messages held for a handler that is behind, at least 1. Default: 1,024.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>What happens to a message that finds the buffer full. Default: <see cref="BrokerOverflow.DropOldest"/>.</summary>
    public BrokerOverflow Overflow { get; init; } = BrokerOverflow.DropOldest;

    /// <summary>How long <see cref="BrokerOverflow.Wait"/> waits for room before the message is dropped after all. More than zero, at
    /// most a minute. Default: 1 s.</summary>
    public TimeSpan OverflowTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Messages handled at once, at least 1. More than one gives up their order. Default: 1.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Called where messages may be missing: the broker dropped some because this client was slow, or the connection was away too
    /// long. Called before any message from after the gap is handled; some from before it may still wait. What it throws is
    /// counted and logged. Default: none.</summary>
    public Action<BrokerGap>? OnGap { get; init; }

    /// <summary>Refuses values out of range; for those who implement <see cref="IBrokerClient"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(OverflowTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OverflowTimeout, TimeSpan.FromMinutes(1));
        if (!Enum.IsDefined(Overflow))
        {
            throw new ArgumentOutOfRangeException(nameof(Overflow), Overflow, "Not one of the overflow policies.");
        }
    }
}
