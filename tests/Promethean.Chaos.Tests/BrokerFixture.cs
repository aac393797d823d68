namespace Promethean.Chaos.Tests;

/// <summary>One broker for all cases of a class.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerProcess? _broker;

    internal BrokerProcess Broker => _broker!;

    public async ValueTask InitializeAsync() => _broker = await BrokerProcess.ServeAsync(Timing.Short, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}
