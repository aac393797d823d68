using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Promethean.Broker.Server.Tests;

/// <summary>Records on the broker's side, so that clients dial as they do elsewhere.</summary>
internal sealed class RecordedWebSockets(IHttpWebSocketFeature inner, RecordedFrames frames) : IHttpWebSocketFeature
{
    public bool IsWebSocketRequest => inner.IsWebSocketRequest;

    /// <summary>Records whatever the application's broker takes and sends; before it is mapped.</summary>
    public static void Record(WebApplication app, RecordedFrames frames)
    {
        app.UseWebSockets();
        app.Use((context, next) =>
        {
            if (context.Features.Get<IHttpWebSocketFeature>() is { } feature)
            {
                context.Features.Set<IHttpWebSocketFeature>(new RecordedWebSockets(feature, frames));
            }

            return next(context);
        });
    }

    // What the broker receives is what a client sent.
    public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) =>
        new RecordingSocket(await inner.AcceptAsync(context), received: frames.AddSent, sent: frames.AddReceived);
}
