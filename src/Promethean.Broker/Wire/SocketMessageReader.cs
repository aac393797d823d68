using System.Buffers;
using System.Net.WebSockets;

namespace Promethean.Broker;

/// <summary>Reads whole messages from a WebSocket into one rented buffer, which grows for a large message and shrinks after it.</summary>
/// <param name="socket">Where they come from.</param>
/// <param name="maxBytes">The most that one may have.</param>
/// <param name="unfinished">Goes off when the rest of a message that has begun does not come; the caller's to dispose.</param>
/// <param name="patience">How long that rest may take.</param>
internal sealed class SocketMessageReader(WebSocket socket, int maxBytes, ITimer? unfinished = null, TimeSpan patience = default) : IDisposable
{
    // Small, because most connections are idle most of the time.
    private const int IdleBytes = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);

    public async ValueTask<SocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        Shrink();
        var isWaiting = false;
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
                Rest(isWaiting);
                return new(part.MessageType, default);
            }

            if (length > maxBytes)
            {
                Rest(isWaiting);
                return new(part.MessageType, default, IsTooLarge: true);
            }

            if (part.EndOfMessage)
            {
                Rest(isWaiting);
                return new(part.MessageType, _buffer.AsMemory(0, length));
            }

            if (!isWaiting)
            {
                // Once per message: a part now and then does not buy it more time.
                unfinished?.Change(patience, Timeout.InfiniteTimeSpan);
                isWaiting = true;
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // Most messages come whole, and never touch the timer.
    private void Rest(bool wasWaiting)
    {
        if (wasWaiting)
        {
            unfinished?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

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
