using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Two brokers on one backplane in memory.</summary>
internal sealed class BrokerPair : IAsyncDisposable
{
    private readonly List<InMemoryBrokerClient> _clients = [];
    private int _turn;

    private BrokerPair()
    {
    }

    public InMemoryBroker Backplane { get; } = new();

    public TestBroker A { get; private set; } = null!;

    public TestBroker B { get; private set; } = null!;

    /// <summary>The backplane's clients, A's before B's.</summary>
    public IReadOnlyList<InMemoryBrokerClient> Links => _clients;

    public static async Task<BrokerPair> StartAsync(Action<BrokerServerOptions>? configure = null)
    {
        var pair = new BrokerPair();
        pair.A = await TestBroker.StartAsync(pair.Connect, configure);
        pair.B = await TestBroker.StartAsync(pair.Connect, configure);
        return pair;
    }

    /// <summary>A client of either broker in turn.</summary>
    public WebSocketBrokerClient Client() => (Interlocked.Increment(ref _turn) % 2 == 1 ? A : B).Client();

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        await Backplane.DisposeAsync();
    }

    private InMemoryBrokerClient Connect()
    {
        var client = Backplane.Connect();
        _clients.Add(client);
        return client;
    }
}
