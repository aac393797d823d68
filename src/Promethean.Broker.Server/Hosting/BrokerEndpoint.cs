using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Turns an HTTP request into a connection.</summary>
internal sealed class BrokerEndpoint(
    ClientAdmission admission,
    BrokerLifetime lifetime,
    ConnectionRegistry connections,
    SessionTable sessions,
    TenantTable tenants,
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

        var (identity, status, reason) = admission.Check(context);
        if (identity is null)
        {
            Log.ConnectionRefused(logger, context.Connection.RemoteIpAddress?.ToString(), reason);
            await RefuseAsync(context, status, reason).ConfigureAwait(false);
            return;
        }

        if (!lifetime.Accepts)
        {
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the broker is starting or stopping").ConfigureAwait(false);
            return;
        }

        var tenant = tenants.Enter(identity);
        try
        {
            await AdmitAsync(context, identity, tenant).ConfigureAwait(false);
        }
        finally
        {
            tenants.Leave(tenant);
        }
    }

    private async Task AdmitAsync(HttpContext context, ClientIdentity identity, Tenant tenant)
    {
        if (!tenant.TryConnect())
        {
            Log.ConnectionRefused(logger, context.Connection.RemoteIpAddress?.ToString(), "its organisation has too many connections");
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too many connections of this organisation").ConfigureAwait(false);
            return;
        }

        try
        {
            await ServeAsync(context, identity, tenant).ConfigureAwait(false);
        }
        finally
        {
            tenant.Disconnect();
        }
    }

    private async Task ServeAsync(HttpContext context, ClientIdentity identity, Tenant tenant)
    {
        using var webSocket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = KeepAliveSchedule.SilenceBeforePing(options.KeepAliveInterval, options.KeepAliveTimeout),
            KeepAliveTimeout = options.KeepAliveTimeout,
        }).ConfigureAwait(false);
        var name = $"c{Interlocked.Increment(ref _lastName)}";
        var takesArrays = context.Request.Query["batch"] == "1";
        var connection = new ClientConnection(name, identity, tenant, router, options, metrics, logger);
        var transport = (context.Features.Get<IHttpUpgradeFeature>() as BufferedUpgradeFeature)?.Transport;
        using var socket = new ClientSocket(webSocket, transport, takesArrays, connection, sessions, router, options, metrics, time, logger);
        Log.ConnectionOpened(logger, name, identity.Org, identity.User);
        metrics.Connected(1);
        try
        {
            await connections.RunAsync(socket, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(logger, name, e);
        }
        finally
        {
            // Once more, for a frame that was being taken when the connection ended.
            if (!sessions.Has(socket.Connection))
            {
                router.Forget(socket.Connection);
            }
            else if (socket.Connection.Closing.IsCompleted)
            {
                // And for a session that began as its connection was ended.
                sessions.End(socket.Connection);
            }

            metrics.Connected(-1);
            Log.ConnectionClosed(logger, name);
        }
    }
}
