using System.Buffers;
using System.Net.Sockets;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Cuts the byte stream of one socket into messages. Memory grows with what has arrived, not with what a header claims.</summary>
internal sealed class MessageReader(Socket socket, ConnectionDeadline deadline, TimeSpan messageTimeout) : IDisposable
{
    private const int InitialBytes = 16 * 1024;
    private const int KeptBytes = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>
    /// The next whole message, valid until the next call; empty when the client has closed the connection between messages.
    /// </summary>
    /// <param name="maxBytes">How long a message may be.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int maxBytes, CancellationToken cancellationToken)
    {
        Compact();
        if (!await FillAsync(MessageHeader.Size, cancellationToken).ConfigureAwait(false)) return default;
        var length = MessageHeader.Read(_buffer.AsSpan(_start)).Length;
        if (length < MessageHeader.Size || length > maxBytes)
            throw new ProtocolViolationException($"A message claims a length of {length} bytes.");
        await FillAsync(length, cancellationToken).ConfigureAwait(false);
        var message = _buffer.AsMemory(_start, length);
        _start += length;
        deadline.Lift();
        return message;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        // What has begun must end; the rest of a message that came in one piece is not waited for.
        if (_end > _start && _end - _start < count) deadline.Within(messageTimeout, count);
        while (_end - _start < count)
        {
            if (_end == _buffer.Length) Grow(count);
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0)
                return _end == _start ? false : throw new ProtocolViolationException("The connection closed in the middle of a message.");
            if (_end == _start && received < count) deadline.Within(messageTimeout, count);
            _end += received;
        }

        return true;
    }

    private void Compact()
    {
        var left = _end - _start;
        if (left == 0 && _buffer.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
        }
        else if (left > 0)
        {
            _buffer.AsSpan(_start, left).CopyTo(_buffer);
        }

        (_start, _end) = (0, left);
    }

    // Eightfold, but not beyond the message: a large one is not copied again and again on its way in.
    private void Grow(int wanted)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length + 1, (int)Math.Min(_buffer.Length * 8L, _start + wanted)));
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        (_start, _end) = (0, _end - _start);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
