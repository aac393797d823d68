namespace Promethean.Broker;

/// <summary>How a client connects and waits.</summary>
public sealed class BrokerOptions
{
    /// <summary>The broker's address, <c>ws</c> or <c>wss</c>. Default: <c>ws://127.0.0.1:7000</c>.</summary>
    public Uri Url { get; init; } = new("ws://127.0.0.1:7000");

    /// <summary>Sent as a bearer token when set. Default: none.</summary>
    public string? Token { get; init; }

    /// <summary>The delay before the first attempt to reconnect; it doubles up to <see cref="MaxReconnectDelay"/>. Default: 100 ms.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay between attempts. Default: 5 s.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for a connection while there is none, where the call does not say. Default: 5 s.</summary>
    public TimeSpan DisconnectedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for its final event, where the call does not say. Default: 60 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest frame accepted from the broker, in bytes. Default: 4 MiB.</summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Seeds the jitter of the reconnect delays. Default: 0, which derives one from the process.</summary>
    public int Seed { get; init; }
}
