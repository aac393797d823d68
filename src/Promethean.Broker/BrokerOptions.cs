namespace Promethean.Broker;

/// <summary>How a client connects and waits.</summary>
/// <remarks>Read once, when the client is made; later changes have no effect. Values out of range are refused then, or at the
/// start of the host where the client comes from <see cref="BrokerServiceCollectionExtensions.AddBroker"/>.</remarks>
public sealed class BrokerOptions
{
    /// <summary>The broker's address, <c>ws</c> or <c>wss</c>. Default: <c>ws://127.0.0.1:7000</c>.</summary>
    public Uri Url { get; set; } = new("ws://127.0.0.1:7000");

    /// <summary>Addresses of other brokers that serve the same, because they share a backplane: tried in turn where <see cref="Url"/>, or whichever
    /// served last, cannot be reached, and without a delay as long as one of them is untried. After a loss the same broker is tried
    /// first, since it alone can go on with the session (<see cref="Resume"/>); another begins anew, which fails the calls in flight and tells
    /// subscriptions of a gap. Default: none.</summary>
    public IList<Uri> FallbackUrls { get; } = [];

    /// <summary>The name of the client that <see cref="BrokerServiceCollectionExtensions.AddBroker"/> makes: <c>real</c>, <c>mock</c>, or
    /// that of a registered <see cref="BrokerImplementation"/>. A client made by hand does not ask. Default: none, which leaves it to
    /// the environment variable <c>BROKER_IMPL</c>.</summary>
    public string? Implementation { get; set; }

    /// <summary>Sent as a bearer token when set. Default: none.</summary>
    public string? Token { get; set; }

    /// <summary>The delay before the first attempt to reconnect; it doubles up to <see cref="MaxReconnectDelay"/>, and each is
    /// shortened by up to half at random, so that many clients do not come back at once: half of it is the time over which those that lost the same broker spread their
    /// first attempts. Default: 100 ms.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay between attempts. Default: 5 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take, subscriptions and workers acknowledged included. While the broker's window for coming back
    /// is open, an attempt is given up after half of it, so that there is time for another. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call waits for a connection while there is none, where the call does not say. Default: 5 s.</summary>
    public TimeSpan DisconnectedTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for its final event, where the call does not say, and how long any other call waits for
    /// the broker's acknowledgement. Default: 60 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the connection may be silent before it is asked for a sign of life, at most: it is asked up to half a
    /// <see cref="KeepAliveTimeout"/> earlier, so that a half-open link is found within the sum of both. Default: 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long that sign may take before the connection counts as lost. Default: 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest frame accepted from the broker, in bytes; it must exceed the broker's own limit, since the broker adds
    /// an envelope to what it passes on. Default: 8 MiB.</summary>
    public int MaxFrameBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The largest frame sent, in bytes; a call that needs more fails with <see cref="BrokerErrorCode.TooLarge"/> instead of
    /// costing the connection. Default: 4 MiB, the broker's default limit.</summary>
    public int MaxSentFrameBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Frames waiting to be sent before calls wait for room. Default: 1,024.</summary>
    public int SendQueueCapacity { get; set; } = 1024;

    /// <summary>Events of one answer held for a caller that is behind; one more fails the request with
    /// <see cref="BrokerErrorCode.Overloaded"/> and cancels the work. Default: 4,096.</summary>
    public int MaxPendingReplies { get; set; } = 4096;

    /// <summary>Seeds the jitter of the reconnect delays. Default: 0, which derives one from the process.</summary>
    public int Seed { get; set; }

    /// <summary>Whether a client that is back within the broker's window goes on as if its connection had not been lost; without it every loss
    /// fails the calls in flight and may cost messages. Default: yes.</summary>
    public bool Resume { get; set; } = true;

    /// <summary>Opens the WebSocket; tests and proxies put their own here. Default: none, which dials <see cref="Url"/> or one of <see cref="FallbackUrls"/> itself.</summary>
    public BrokerConnector? Connector { get; set; }
}
