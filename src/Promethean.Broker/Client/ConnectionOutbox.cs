using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>The frames of one connection that wait to be sent, over one socket or, in a session, over several.</summary>
internal sealed class ConnectionOutbox(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Channel<ReadOnlyMemory<byte>> _waiting =
        Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(capacity) { SingleReader = true });

    // One token: "something changed". The one loop that sends takes it and looks.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private SentFrames? _sent;
    private long? _toReport;
    private bool _isPaused;
    private bool _isComplete;

    /// <summary>Frames are kept from here on until the broker reports them as received.</summary>
    public void Keep() => _sent = new();

    /// <summary>Queues a frame; waits for room.</summary>
    /// <exception cref="ChannelClosedException">The connection is over.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _waiting.Writer.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        Signal();
    }

    /// <summary>Queues a frame where there is room at once.</summary>
    public bool TryWrite(ReadOnlyMemory<byte> frame)
    {
        if (!_waiting.Writer.TryWrite(frame))
        {
            return false;
        }

        Signal();
        return true;
    }

    /// <summary>The broker asks to hold back, or to go on.</summary>
    public void Pause(bool pauses)
    {
        lock (_lock)
        {
            _isPaused = pauses;
        }

        Signal();
    }

    /// <summary>The broker is to hear how many events have come.</summary>
    public void Report(long received)
    {
        lock (_lock)
        {
            _toReport = received;
        }

        Signal();
    }

    /// <summary>The broker has the first so many frames; false where that cannot be.</summary>
    public bool TryForget(long received)
    {
        lock (_lock)
        {
            if (_sent?.TryForget(received) != true)
            {
                return false;
            }
        }

        Signal();
        return true;
    }

    /// <summary>A new socket takes over, and sends again what the broker does not have.</summary>
    public bool TryRewind(long received)
    {
        lock (_lock)
        {
            if (_sent?.TryForget(received) != true)
            {
                return false;
            }

            _sent.Rewind();
            (_toReport, _isPaused) = (null, false);
        }

        Signal();
        return true;
    }

    /// <summary>Takes nothing more; what waits is still given out.</summary>
    public void Complete()
    {
        _waiting.Writer.TryComplete();
        lock (_lock)
        {
            _isComplete = true;
        }

        Signal();
    }

    /// <summary>Fills an empty batch, waiting for something to send; false when all is sent and no more will come.</summary>
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

    private bool? Fill(FrameBatch batch)
    {
        lock (_lock)
        {
            if (_toReport is { } received)
            {
                batch.Add(ClientFrames.Received(received));
                _toReport = null;
            }

            while (_sent is { Again: { Count: > 0 } again } && batch.Fits(again.Peek()))
            {
                batch.Add(again.Dequeue());
            }

            if (_sent is null or { Again.Count: 0 })
            {
                Move(batch);
            }

            return !batch.IsEmpty ? true : _isComplete && !_waiting.Reader.TryPeek(out _) ? false : null;
        }
    }

    private void Move(FrameBatch batch)
    {
        // Neither a pause nor missing reports hold back what is left at the end.
        while ((_isComplete || (!_isPaused && _sent is not { HasRoom: false }))
            && _waiting.Reader.TryPeek(out var frame)
            && batch.Fits(frame))
        {
            _waiting.Reader.TryRead(out _);
            batch.Add(frame);
            _sent?.Add(frame);
        }
    }

    private void Signal() => _changed.Writer.TryWrite(true);
}
