using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Promethean.Broker.Server;

/// <summary>Puts a <see cref="BufferedTransport"/> between a WebSocket and the server's connection.</summary>
/// <remarks>A host without real connections, such as a test server, has no such feature, and nothing is put in between.</remarks>
internal sealed class BufferedUpgradeFeature(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
{
    /// <summary>The middleware that does so; WebSockets must come after it.</summary>
    public static Task PutBetween(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new BufferedUpgradeFeature(upgrade));
        }

        return next(context);
    }

    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>What the WebSocket reads and writes; null before the upgrade.</summary>
    public BufferedTransport? Transport { get; private set; }

    public async Task<Stream> UpgradeAsync() => Transport = new(await inner.UpgradeAsync().ConfigureAwait(false));
}
