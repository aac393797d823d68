using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Clients of two brokers with a backplane notice no difference from clients of one.</summary>
public sealed class BackplaneConformanceTests
{
    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task Clients_of_two_brokers_keep_the_contract(string name) =>
        RunAsync((brokers, guard) => BrokerClientConformance.Get(name).Run(() => new(brokers.Client()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task Clients_of_two_brokers_keep_the_contract_of_queues(string name) =>
        RunAsync((brokers, guard) => BrokerQueueConformance.Get(name).Run(() => new(brokers.Client()), guard));

    private static async Task RunAsync(Func<BrokerPair, CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await using var brokers = await BrokerPair.StartAsync();
        await run(brokers, either.Token);
    }
}
