namespace Promethean.Broker;

/// <summary>How one request is made.</summary>
public sealed class RequestOptions
{
    /// <summary>How long the caller waits for the final event; it travels as <c>deadline_ms</c>. Default: the client's
    /// <see cref="BrokerOptions.RequestTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Higher is dispatched sooner. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>How long to wait for a connection while there is none; zero throws at once. Default: the client's
    /// <see cref="BrokerOptions.DisconnectedTimeout"/>.</summary>
    public TimeSpan? DisconnectedTimeout { get; init; }
}
