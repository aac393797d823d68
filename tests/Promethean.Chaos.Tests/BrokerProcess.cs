using System.Globalization;
using System.Text.Json;
using Promethean.Broker;
using Promethean.Broker.Server.Tests;
using Promethean.EndToEnd.Tests;

namespace Promethean.Chaos.Tests;

/// <summary>A broker in a process of its own, and how its clients are made.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private BrokerProcess(ChildProcess process, Uri url, Timing timing) => (Process, Url, Timing) = (process, url, timing);

    public ChildProcess Process { get; }

    public Uri Url { get; }

    public Timing Timing { get; }

    /// <summary>What its clients here sent and received; checked against the schemas when it is disposed.</summary>
    public RecordedFrames Frames { get; } = new();

    /// <summary>The command, ready.</summary>
    public static async Task<BrokerProcess> ServeAsync(Timing timing, CancellationToken cancellationToken, int port = 0)
    {
        var process = ChildProcess.StartBuilt("Promethean.Tool",
        [
            "broker", "serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--keep-alive", Typed(timing.KeepAlive),
            "--keep-alive-timeout", Typed(timing.KeepAliveTimeout), "--resume-window", Typed(timing.ResumeWindow),
        ]);
        return new(process, await ReadyAsync(process, cancellationToken), timing);
    }

    /// <summary>The sample host with durable queues, ready.</summary>
    public static async Task<BrokerProcess> ServeDurableAsync(string mongo, CancellationToken cancellationToken)
    {
        var process = ChildProcess.StartBuilt("BrokerHost", ["--port", "0"], new Dictionary<string, string> { ["MONGO_URI"] = mongo });
        return new(process, await ReadyAsync(process, cancellationToken), Timing.Short);
    }

    /// <summary>Options of a client; through a proxy where one is named.</summary>
    public BrokerOptions Options(Uri? url = null) => new BrokerOptions
    {
        Url = url ?? Url,
        KeepAliveInterval = Timing.KeepAlive,
        KeepAliveTimeout = Timing.KeepAliveTimeout,
        ReconnectDelay = TimeSpan.FromMilliseconds(50),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        ConnectTimeout = TimeSpan.FromSeconds(1),
        DisconnectedTimeout = TimeSpan.FromSeconds(30),
        RequestTimeout = TimeSpan.FromSeconds(30),
    }.RecordedBy(Frames);

    public ValueTask<WebSocketBrokerClient> ConnectAsync(CancellationToken cancellationToken, Uri? url = null) =>
        WebSocketBrokerClient.ConnectAsync(Options(url), cancellationToken: cancellationToken);

    /// <summary>How many connections the broker says it has, the asking one included.</summary>
    public static Task<int> ConnectionsAsync(IBrokerClient client, CancellationToken cancellationToken) =>
        MetricAsync(client, "connections", cancellationToken);

    /// <summary>One of the totals that the broker tells.</summary>
    public static async Task<int> MetricAsync(IBrokerClient client, string name, CancellationToken cancellationToken)
    {
        var reply = await client.RequestAsync(BrokerActions.SystemMetrics, default, cancellationToken: cancellationToken);
        using var body = JsonDocument.Parse(reply.Body.Utf8);
        return body.RootElement.GetProperty("payload").GetProperty(name).GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Frames.Problems().Should().BeEmpty("every frame conforms to the published schemas");
    }

    private static async Task<Uri> ReadyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        var ready = await process.NextLineAsync(cancellationToken);
        ready.Should().StartWith("ready ws://", process.Errors);
        return new(ready["ready ".Length..]);
    }

    private static string Typed(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0}ms");
}
