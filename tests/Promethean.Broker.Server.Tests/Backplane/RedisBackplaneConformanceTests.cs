using Promethean.Broker.Redis;
using Promethean.Broker.Redis.Tests;
using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Clients of two brokers on a real Redis notice no difference from clients of one.</summary>
[Trait("Category", "Integration")]
public sealed class RedisBackplaneConformanceTests(RedisFixture fixture)
{
    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task Clients_of_two_brokers_keep_the_contract(string name) =>
        RunAsync((connect, guard) => BrokerClientConformance.Get(name).Run(() => new(connect()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task Clients_of_two_brokers_keep_the_contract_of_queues(string name) =>
        RunAsync((connect, guard) => BrokerQueueConformance.Get(name).Run(() => new(connect()), guard));

    private async Task RunAsync(Func<Func<WebSocketBrokerClient>, CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        var server = await fixture.ServerAsync();
        var options = new RedisBrokerOptions { Configuration = server.Configuration, Prefix = $"test:{Guid.NewGuid():N}:" };
        await using var a = await TestBroker.StartAsync(() => new RedisBrokerClient(options));
        await using var b = await TestBroker.StartAsync(() => new RedisBrokerClient(options));
        var turn = 0;
        await run(() => (Interlocked.Increment(ref turn) % 2 == 1 ? a : b).Client(), either.Token);
    }
}
