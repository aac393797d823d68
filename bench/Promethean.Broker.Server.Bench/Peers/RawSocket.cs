using System.Net.WebSockets;
using System.Text;

namespace Promethean.Broker.Server.Bench.Peers;

/// <summary>A WebSocket of whole messages.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[16 * 1024];

    public Task OpenAsync(Uri address) => _socket.ConnectAsync(address, default);

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame) => _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, default);

    public async Task AskAsync(string frame)
    {
        await SendAsync(Encoding.UTF8.GetBytes(frame));
        await ReceiveAsync();
    }

    /// <summary>The next message, valid until the one after it.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        for (var length = 0; ;)
        {
            if (length == _buffer.Length) Array.Resize(ref _buffer, 2 * length);
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), default);
            if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException($"Closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return _buffer.AsMemory(0, length);
        }
    }

    public void Dispose() => _socket.Dispose();
}
