using System.Threading.Channels;

namespace Promethean.Broker.Server;

/// <summary>What waits to be sent on one connection: replies, which are never dropped, and topic messages, whose oldest makes room.</summary>
internal sealed class OutgoingQueue(BrokerServerOptions options)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _replies = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();

    // One token: "something changed". The one writer takes it and looks.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _replyBytes;
    private long _messageBytes;
    private bool _isRoomAwaited;
    private bool _complete;

    /// <summary>Takes a reply; false when the limit is passed, and the connection has to go.</summary>
    public bool TryAddReply(ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            if (_complete)
            {
                return true;
            }

            if (_replies.Count >= options.MaxQueuedReplies || (_replies.Count > 0 && _replyBytes + frame.Length > options.MaxQueuedBytes))
            {
                return false;
            }

            _replies.Enqueue(frame);
            _replyBytes += frame.Length;
        }

        _changed.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Whether a task, which can as well wait elsewhere, should be added; where not, <see cref="TryTellRoom"/> will tell.</summary>
    public bool HasRoomForTask()
    {
        lock (_lock)
        {
            // The other half is for replies, which cannot wait elsewhere. What ends takes nothing.
            var hasRoom = IsHalfEmpty && !_complete;
            _isRoomAwaited |= !hasRoom;
            return hasRoom;
        }
    }

    /// <summary>Whether there is room again for which somebody was turned away; tells it once.</summary>
    public bool TryTellRoom()
    {
        lock (_lock)
        {
            var tells = _isRoomAwaited && IsHalfEmpty;
            _isRoomAwaited &= !tells;
            return tells;
        }
    }

    /// <summary>Takes a topic message and gives how many older ones it cost.</summary>
    public int AddMessage(ReadOnlyMemory<byte> frame)
    {
        var dropped = 0;
        lock (_lock)
        {
            if (_complete)
            {
                return 0;
            }

            while (_messages.Count >= options.MaxQueuedMessages || (_messages.Count > 0 && _messageBytes + frame.Length > options.MaxQueuedBytes))
            {
                _messageBytes -= _messages.Dequeue().Length;
                dropped++;
            }

            _messages.Enqueue(frame);
            _messageBytes += frame.Length;
        }

        _changed.Writer.TryWrite(true);
        return dropped;
    }

    /// <summary>Takes nothing more; what waits is still given out.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Fills an empty batch, replies first, waiting for something to send; false when all is sent and no more will come.</summary>
    public async ValueTask<bool> FillAsync(FrameBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Fill(batch) is { } more)
            {
                return more;
            }

            await _changed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsHalfEmpty => _replies.Count <= options.MaxQueuedReplies / 2 && _replyBytes <= options.MaxQueuedBytes / 2;

    private bool? Fill(FrameBatch batch)
    {
        lock (_lock)
        {
            var any = Move(_replies, ref _replyBytes, batch);
            any |= Move(_messages, ref _messageBytes, batch);
            return any ? true : _complete ? false : null;
        }
    }

    private static bool Move(Queue<ReadOnlyMemory<byte>> from, ref long bytes, FrameBatch batch)
    {
        var any = false;
        while (from.TryPeek(out var frame) && batch.Fits(frame))
        {
            batch.Add(from.Dequeue());
            bytes -= frame.Length;
            any = true;
        }

        return any;
    }
}
