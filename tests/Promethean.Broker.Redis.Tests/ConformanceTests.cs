using Promethean.Broker.Testing;
using StackExchange.Redis;

namespace Promethean.Broker.Redis.Tests;

[Trait("Category", "Integration")]
public sealed class ConformanceTests(RedisFixture fixture)
{
    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task Clients_with_connections_of_their_own_keep_the_contract(string name) =>
        RunAsync((broker, guard) => BrokerClientConformance.Get(name).Run(() => new(broker.Client()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task Clients_with_connections_of_their_own_keep_the_contract_of_queues(string name) =>
        RunAsync((broker, guard) => BrokerQueueConformance.Get(name).Run(() => new(broker.Client()), guard));

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task Clients_that_share_a_connection_keep_the_contract(string name) => RunSharedAsync(
        (broker, shared, guard) => BrokerClientConformance.Get(name).Run(() => new(broker.Client(options => options.Multiplexer = shared)), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task Clients_that_share_a_connection_keep_the_contract_of_queues(string name) => RunSharedAsync(
        (broker, shared, guard) => BrokerQueueConformance.Get(name).Run(() => new(broker.Client(options => options.Multiplexer = shared)), guard));

    private Task RunSharedAsync(Func<TestBroker, IConnectionMultiplexer, CancellationToken, Task> run) => RunAsync(async (broker, guard) =>
    {
        await using var shared = await ConnectionMultiplexer.ConnectAsync(broker.Server.Configuration);
        await run(broker, shared, guard);
    });

    private async Task RunAsync(Func<TestBroker, CancellationToken, Task> run)
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        await run(broker, guard.Token);
    }
}
