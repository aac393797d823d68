namespace Promethean.EndToEnd.Tests;

/// <summary>A broker in a process of its own, for all the tests of a class.</summary>
public sealed class BrokerProcess : IAsyncLifetime
{
    private HostProcess _host = null!;

    public Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _host = HostProcess.Start("BrokerHost", ["--port", "0"]);
        Url = new((await _host.FirstLineAsync(TestContext.Current.CancellationToken))["ready ".Length..]);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
