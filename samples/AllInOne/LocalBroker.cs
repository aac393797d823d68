using Promethean.Broker.Server;

namespace AllInOne;

/// <summary>The broker: the one that <c>BROKER_URL</c> names, or one of our own on loopback.</summary>
internal sealed class LocalBroker(WebApplication? app, Uri url) : IAsyncDisposable
{
    public Uri Url => url;

    public static async Task<LocalBroker> StartAsync(int port, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("BROKER_URL") is { Length: > 0 } named)
        {
            return Uri.TryCreate(named, UriKind.Absolute, out var uri) && uri.Scheme is "ws" or "wss"
                ? new LocalBroker(null, uri)
                : throw new FormatException("BROKER_URL takes an address such as ws://127.0.0.1:7000; what it holds is none.");
        }

        var app = HostBuilding.NewBuilder(port).LeaveSignals().AddBroker().Build();
        app.MapBroker("/");
        await app.ListenAsync("--broker-port", cancellationToken);
        return new LocalBroker(app, new UriBuilder(app.Urls.Single()) { Scheme = "ws" }.Uri);
    }

    public ValueTask DisposeAsync() => app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
