using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

public sealed class ConformanceTests
{
    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task The_client_and_the_broker_keep_the_contract(string name) =>
        RunAsync((broker, guard) => BrokerClientConformance.Get(name).Run(() => new(broker.Client()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task The_client_and_the_broker_keep_the_contract_of_queues(string name) =>
        RunAsync((broker, guard) => BrokerQueueConformance.Get(name).Run(() => new(broker.Client()), guard));

    private static async Task RunAsync(Func<TestBroker, CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await using var broker = await TestBroker.StartAsync();
        await run(broker, either.Token);
    }
}
