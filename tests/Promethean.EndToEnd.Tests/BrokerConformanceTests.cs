using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.EndToEnd.Tests;

/// <summary>The contract between clients here and a broker in another process.</summary>
/// <remarks>The broker is one for all cases, which leave nothing behind that another would meet.</remarks>
[Trait("Category", "Integration")]
public sealed class BrokerConformanceTests(BrokerProcess broker) : IClassFixture<BrokerProcess>
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(1);

    public static TheoryData<string> ClientCases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(ClientCases))]
    public Task A_broker_in_another_process_keeps_the_contract(string name) =>
        RunAsync(guard => BrokerClientConformance.Get(name).Run(() => new(Client()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task A_broker_in_another_process_keeps_the_contract_of_queues(string name) =>
        RunAsync(guard => BrokerQueueConformance.Get(name).Run(() => new(Client()), guard));

    private static async Task RunAsync(Func<CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await run(either.Token);
    }

    private WebSocketBrokerClient Client() => new(new() { Url = broker.Url, DisconnectedTimeout = HangGuard });
}
