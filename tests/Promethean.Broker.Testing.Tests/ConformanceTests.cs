namespace Promethean.Broker.Testing.Tests;

public sealed class ConformanceTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Cases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_double_keeps_the_contract(string name)
    {
        using var guard = new CancellationTokenSource(HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await using var broker = new InMemoryBroker();
        await BrokerClientConformance.Get(name).Run(() => new(broker.Connect()), either.Token);
    }
}
