namespace Promethean.Broker;

/// <summary>Where a client's connection stands.</summary>
public enum BrokerConnectionState
{
    /// <summary>The first connection is being made, or a lost one made again.</summary>
    Connecting,

    /// <summary>Connected, and every subscription and worker acknowledged.</summary>
    Connected,

    /// <summary>None: not asked for yet, or lost, and the next attempt waits for its delay.</summary>
    Disconnected,

    /// <summary>Disposed.</summary>
    Closed,
}
