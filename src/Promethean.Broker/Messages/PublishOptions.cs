namespace Promethean.Broker;

/// <summary>How one message is published.</summary>
public sealed class PublishOptions
{
    /// <summary>Names and values that travel beside the payload. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to wait for a connection while there is none; zero throws at once. Default: the client's
    /// <see cref="BrokerOptions.DisconnectedTimeout"/>.</summary>
    public TimeSpan? DisconnectedTimeout { get; init; }
}
