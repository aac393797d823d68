using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Promethean.Broker.Server.Bench.Serving;

/// <summary>The least a WebSocket server can do: each message back as it came.</summary>
internal static class EchoEndpoint
{
    public static async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (part.MessageType == WebSocketMessageType.Close) return;
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        }
    }
}
