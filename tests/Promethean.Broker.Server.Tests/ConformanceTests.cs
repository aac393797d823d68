using Promethean.Broker.Testing;

namespace Promethean.Broker.Server.Tests;

public sealed class ConformanceTests
{
    public static TheoryData<string> Cases => [.. BrokerClientConformance.Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_client_and_the_broker_keep_the_contract(string name)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        await using var broker = await TestBroker.StartAsync();
        await BrokerClientConformance.Get(name).Run(() => new(broker.Client()), either.Token);
    }
}
