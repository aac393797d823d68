namespace Promethean.Broker;

/// <summary>What happens to a message that finds its subscriber's buffer full; every loss is counted.</summary>
public enum BrokerOverflow
{
    /// <summary>The oldest message waiting makes room.</summary>
    DropOldest,

    /// <summary>The message that arrives is lost.</summary>
    DropNewest,
}
