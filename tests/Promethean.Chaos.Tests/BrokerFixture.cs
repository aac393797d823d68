using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>One broker for all cases of a class.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerProcess? _broker;
    private WebSocketBrokerClient? _watching;

    internal BrokerProcess Broker => _broker!;

    /// <summary>A client that no fault concerns.</summary>
    internal WebSocketBrokerClient Watching => _watching!;

    public async ValueTask InitializeAsync()
    {
        _broker = await BrokerProcess.ServeAsync(Timing.Short, TestContext.Current.CancellationToken);
        _watching = await _broker.ConnectAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Watching.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
