namespace Promethean.Broker.Server;

/// <summary>What waits to be sent to one client: replies, which are never dropped, and topic messages, whose oldest makes room.</summary>
/// <remarks>It outlives the sockets of a session. What says something of the connection itself goes first and is not counted: the
/// answer to <c>resume</c>, <c>received</c> and <c>backpressure</c>.</remarks>
internal sealed class OutgoingQueue(BrokerServerOptions options)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _replies = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();

    private readonly WriterSignal _changed = new();

    private SentFrames? _sent;
    private ReadOnlyMemory<byte> _greeting;
    private long _replyBytes;
    private long _messageBytes;
    private long _missed;
    private bool _isMissedUnknown;
    private long? _receivedToTell;
    private bool _isPaused;
    private bool _isPauseTold;
    private volatile bool _isAttached;
    private bool _isRoomAwaited;
    private bool _complete;

    /// <summary>Whether a socket takes what waits here.</summary>
    public bool IsAttached => _isAttached;

    /// <summary>Whether the client has said since that it has more than so many frames.</summary>
    /// <remarks>A <c>resume</c> which says so was sent over a socket that the client has given up: its next one came here first.</remarks>
    public bool HasForgotten(long received)
    {
        lock (_lock)
        {
            return _sent?.Received > received;
        }
    }

    /// <summary>A socket takes over: it sends the greeting, then, in a session, what the client has not received.</summary>
    /// <param name="greeting">The answer to <c>resume</c>; empty where there was none.</param>
    /// <param name="received">What the client has of an old session; null for a new one.</param>
    /// <returns>False where that cannot be.</returns>
    public bool TryAttach(ReadOnlyMemory<byte> greeting, long? received)
    {
        lock (_lock)
        {
            if (received is { } count)
            {
                if (_sent?.TryForget(count) != true)
                {
                    return false;
                }

                _sent.Rewind();
            }
            else if (!greeting.IsEmpty)
            {
                _sent = new();
            }

            _greeting = greeting;
            _isAttached = true;
            // What the old socket was told may not have arrived.
            _isPauseTold = false;
        }

        WriterWakes.Set(_changed);
        return true;
    }

    /// <summary>The socket is gone; what comes waits for the next.</summary>
    public void Detach()
    {
        lock (_lock)
        {
            _isAttached = false;
            _greeting = default;
            _receivedToTell = null;
        }
    }

    /// <summary>The client has so many frames of this session; false where that cannot be.</summary>
    public bool TryForget(long received)
    {
        lock (_lock)
        {
            if (_sent?.TryForget(received) != true)
            {
                return false;
            }
        }

        WriterWakes.Set(_changed);
        return true;
    }

    /// <summary>Reports how many frames of the client's have been received.</summary>
    public void TellReceived(long total)
    {
        lock (_lock)
        {
            _receivedToTell = total;
        }

        WriterWakes.Set(_changed);
    }

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
            // Beyond what tasks alone may fill.
            _isPaused |= !AreRepliesWithin(0.75);
        }

        WriterWakes.Set(_changed);
        return true;
    }

    /// <summary>Whether a task, which can as well wait elsewhere, should be added; where not, <see cref="TryTellRoom"/> will tell.</summary>
    public bool HasRoomForTask()
    {
        lock (_lock)
        {
            // The other half is for replies, which cannot wait elsewhere. What ends or is away takes nothing.
            var hasRoom = AreRepliesWithin(0.5) && _isAttached && !_complete;
            _isRoomAwaited |= !hasRoom;
            return hasRoom;
        }
    }

    /// <summary>Whether there is room again for which somebody was turned away; tells it once.</summary>
    public bool TryTellRoom()
    {
        lock (_lock)
        {
            var tells = _isRoomAwaited && AreRepliesWithin(0.5);
            _isRoomAwaited &= !tells;
            return tells;
        }
    }

    /// <summary>Takes a topic message and gives how many older ones it cost; the client hears of these by <c>gap</c>.</summary>
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

            _missed += dropped;
            _messages.Enqueue(frame);
            _messageBytes += frame.Length;
        }

        WriterWakes.Set(_changed);
        return dropped;
    }

    /// <summary>Tells the client that messages may be missing; null where nobody knows how many.</summary>
    public void AddGap(long? missed)
    {
        lock (_lock)
        {
            if (_complete)
            {
                return;
            }

            _missed += missed ?? 0;
            _isMissedUnknown |= missed is null;
        }

        WriterWakes.Set(_changed);
    }

    /// <summary>Takes nothing more; what waits is still given out, unless it is thrown away.</summary>
    public void Complete(bool discards)
    {
        lock (_lock)
        {
            _complete = true;
            if (discards)
            {
                _replies.Clear();
                _messages.Clear();
                _sent = null;
                (_replyBytes, _messageBytes, _missed, _isMissedUnknown) = (0, 0, 0, false);
            }
        }

        WriterWakes.Set(_changed);
    }

    /// <summary>Fills an empty batch, replies first, waiting for something to send; false when all is sent and no more will come.</summary>
    public async ValueTask<bool> FillAsync(FrameBatch batch, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static queue => WriterWakes.Set(((OutgoingQueue)queue!)._changed), this);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Fill(batch) is { } more)
            {
                return more;
            }

            await _changed.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Fills an empty batch with what waits; false when all is sent and no more will come, null when nothing waits now.</summary>
    public bool? Fill(FrameBatch batch)
    {
        lock (_lock)
        {
            AddControl(batch);
            while (_sent is { Again: { Count: > 0 } again } && batch.Fits(again.Peek()))
            {
                batch.Add(again.Dequeue());
            }

            if (_sent is null or { Again.Count: 0 })
            {
                Move(_replies, ref _replyBytes, batch);
                AddGap(batch);
                if (!HasGap)
                {
                    Move(_messages, ref _messageBytes, batch);
                }
            }

            return batch.IsEmpty ? _complete ? false : null : true;
        }
    }

    private bool AreRepliesWithin(double part) => _replies.Count <= options.MaxQueuedReplies * part && _replyBytes <= options.MaxQueuedBytes * part;

    private bool HasGap => _missed > 0 || _isMissedUnknown;

    private void AddControl(FrameBatch batch)
    {
        if (!_greeting.IsEmpty)
        {
            batch.Add(_greeting);
            _greeting = default;
        }

        _isPaused &= !AreRepliesWithin(0.25);
        if (_isPaused != _isPauseTold && ServerFrames.Backpressure(_isPaused) is var state && batch.Fits(state))
        {
            batch.Add(state);
            _isPauseTold = _isPaused;
        }

        if (_receivedToTell is { } total && ServerFrames.Received(total) is var received && batch.Fits(received))
        {
            batch.Add(received);
            _receivedToTell = null;
        }
    }

    private void AddGap(FrameBatch batch)
    {
        // One more that is not reported as received would be one more to keep.
        if (HasGap && (_complete || _sent is not { HasRoom: false }) && ServerFrames.Gap(_isMissedUnknown ? null : _missed) is var gap && batch.Fits(gap))
        {
            batch.Add(gap);
            _sent?.Add(gap);
            (_missed, _isMissedUnknown) = (0, false);
        }
    }

    private void Move(Queue<ReadOnlyMemory<byte>> from, ref long bytes, FrameBatch batch)
    {
        // What a client does not report as received holds up what follows, until the connection ends.
        while ((_sent is not { HasRoom: false } || _complete) && from.TryPeek(out var frame) && batch.Fits(frame))
        {
            batch.Add(from.Dequeue());
            _sent?.Add(frame);
            bytes -= frame.Length;
        }
    }
}
