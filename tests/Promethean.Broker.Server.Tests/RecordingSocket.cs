using System.Net.WebSockets;
using System.Text;

namespace Promethean.Broker.Server.Tests;

/// <summary>Passes everything on, and records each whole text message on its way.</summary>
/// <remarks>The overloads that take memory end in these two.</remarks>
internal sealed class RecordingSocket(WebSocket inner, Action<string> received, Action<string> sent) : WebSocket
{
    private readonly MemoryStream _receiving = new();
    private readonly MemoryStream _sending = new();

    /// <summary>A client's socket.</summary>
    public RecordingSocket(WebSocket inner, RecordedFrames frames)
        : this(inner, frames.AddReceived, frames.AddSent)
    {
    }

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
            Record(_receiving, buffer.AsSpan(0, result.Count), result.EndOfMessage, received);
        }

        return result;
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (messageType == WebSocketMessageType.Text)
        {
            Record(_sending, buffer, endOfMessage, sent);
        }

        return inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);
    }

    private static void Record(MemoryStream message, ReadOnlySpan<byte> part, bool isEnd, Action<string> record)
    {
        message.Write(part);
        if (isEnd)
        {
            record(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length));
            message.SetLength(0);
        }
    }
}
