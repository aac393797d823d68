namespace Promethean.Broker.Testing.Tests;

public sealed class ConformanceTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Cases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    public static TheoryData<string> QueueCases => [.. BrokerQueueConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_double_keeps_the_contract(string name) =>
        RunAsync(FaultPlan.None, (broker, guard) => BrokerClientConformance.Get(name).Run(() => new(broker.Connect()), guard));

    [Theory]
    [MemberData(nameof(QueueCases))]
    public Task The_double_keeps_the_contract_of_queues(string name) =>
        RunAsync(FaultPlan.None, (broker, guard) => BrokerQueueConformance.Get(name).Run(() => new(broker.Connect()), guard));

    private static async Task RunAsync(FaultPlan faults, Func<InMemoryBroker, CancellationToken, Task> run)
    {
        using var guard = new CancellationTokenSource(HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await using var broker = new InMemoryBroker(new() { Faults = faults });
        await run(broker, either.Token);
    }
}
