using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Turns an HTTP request into a connection.</summary>
internal sealed class BrokerEndpoint(
    ClientAdmission admission,
    BrokerLifetime lifetime,
    ConnectionRegistry connections,
    FrameRouter router,
    BrokerServerOptions options,
    BrokerServerMetrics metrics,
    TimeProvider time,
    ILogger<BrokerEndpoint> logger)
{
    private long _lastName;

    /// <summary>Answers a request that is turned away.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return context.Response.WriteAsync($"Refused: {reason}.\n", context.RequestAborted);
    }

    public async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "this is a WebSocket broker").ConfigureAwait(false);
            return;
        }

        if (admission.Check(context.Request) is { } refusal)
        {
            Log.ConnectionRefused(logger, context.Connection.RemoteIpAddress?.ToString(), refusal.Reason);
            await RefuseAsync(context, refusal.Status, refusal.Reason).ConfigureAwait(false);
            return;
        }

        if (!lifetime.Accepts)
        {
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the broker is starting or stopping").ConfigureAwait(false);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = options.KeepAliveInterval,
            KeepAliveTimeout = options.KeepAliveTimeout,
        }).ConfigureAwait(false);
        var name = $"c{Interlocked.Increment(ref _lastName)}";
        var takesArrays = context.Request.Query["batch"] == "1";
        using var connection = new ClientConnection(name, socket, takesArrays, router, options, metrics, time, logger);
        Log.ConnectionOpened(logger, name);
        metrics.Connected(1);
        try
        {
            await connections.RunAsync(connection, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(logger, name, e);
        }
        finally
        {
            // Once more, for a frame that was being taken when the connection ended.
            router.Forget(connection);
            metrics.Connected(-1);
            Log.ConnectionClosed(logger, name);
        }
    }
}
