using System.Net.WebSockets;
using System.Text;

namespace Promethean.Broker.Server.Tests;

/// <summary>Passes everything on and records it.</summary>
internal sealed class RecordingSocket(WebSocket inner, RecordedFrames frames) : WebSocket
{
    private readonly MemoryStream _receiving = new();

    public override WebSocketCloseStatus? CloseStatus => inner.CloseStatus;

    public override string? CloseStatusDescription => inner.CloseStatusDescription;

    public override WebSocketState State => inner.State;

    public override string? SubProtocol => inner.SubProtocol;

    public override void Abort() => inner.Abort();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override void Dispose() => inner.Dispose();

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await inner.ReceiveAsync(buffer, cancellationToken);
        if (result.MessageType == WebSocketMessageType.Text)
        {
            _receiving.Write(buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage)
            {
                frames.AddReceived(Encoding.UTF8.GetString(_receiving.GetBuffer(), 0, (int)_receiving.Length));
                _receiving.SetLength(0);
            }
        }

        return result;
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        frames.AddSent(Encoding.UTF8.GetString(buffer));
        return inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);
    }
}
