using System.Buffers;
using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>Reads whole messages from a WebSocket into one rented buffer, which grows for a large message and shrinks after it.</summary>
internal sealed class SocketMessageReader(WebSocket socket, int maxBytes) : IDisposable
{
    // Small, because most connections are idle most of the time.
    private const int IdleBytes = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);

    public async ValueTask<SocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        Shrink();
        for (var length = 0; ;)
        {
            if (length == _buffer.Length)
            {
                Grow(length);
            }

            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return new(part.MessageType, default);
            }

            if (length > maxBytes)
            {
                return new(part.MessageType, default, IsTooLarge: true);
            }

            if (part.EndOfMessage)
            {
                return new(part.MessageType, _buffer.AsMemory(0, length));
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Grow(int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Shrink()
    {
        if (_buffer.Length > 64 * IdleBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);
        }
    }
}
