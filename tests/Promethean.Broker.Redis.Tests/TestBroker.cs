using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Promethean.Broker.Redis.Tests;

/// <summary>One broker: clients that share a prefix which nobody else uses, disposed with it.</summary>
internal sealed class TestBroker(RedisServer server) : IAsyncDisposable
{
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<RedisBrokerClient> _clients = [];

    public RedisServer Server => server;

    public string Prefix { get; } = $"test:{Guid.NewGuid():N}:";

    public RedisBrokerClient Client(Action<RedisBrokerOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new RedisBrokerOptions
        {
            Configuration = server.Configuration,
            Prefix = Prefix,
            ReconnectDelay = TimeSpan.FromMilliseconds(50),
            PresenceInterval = TimeSpan.FromMilliseconds(200),
            PresenceTimeout = TimeSpan.FromMilliseconds(3000),
        };
        configure?.Invoke(options);
        var client = new RedisBrokerClient(options, time);
        _clients.Add(client);
        return client;
    }

    /// <summary>A connection beside the clients', to look at what they keep.</summary>
    public async Task<ConnectionMultiplexer> LookAsync() => await ConnectionMultiplexer.ConnectAsync(server.Configuration + ",allowAdmin=true");

    public static CancellationTokenSource Guard() => CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken, new CancellationTokenSource(HangGuard, TimeProvider.System).Token);

    public static JsonPayload Number(int number) => JsonPayload.From(number, TestJson.Default.Int32);

    public static int Number(JsonPayload payload) => payload.Read(TestJson.Default.Int32);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }
}
