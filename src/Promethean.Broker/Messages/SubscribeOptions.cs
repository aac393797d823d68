namespace Promethean.Broker;

/// <summary>How a subscription buffers.</summary>
public sealed class SubscribeOptions
{
    /// <summary>Messages held for a handler that is behind, at least 1. Default: 1,024.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>What happens to a message that finds the buffer full. Default: <see cref="BrokerOverflow.DropOldest"/>.</summary>
    public BrokerOverflow Overflow { get; init; } = BrokerOverflow.DropOldest;
}
