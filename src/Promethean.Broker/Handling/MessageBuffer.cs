using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>What waits for a subscription's handler, and what happens to that which finds it full.</summary>
/// <remarks>One thread offers at a time. Under <see cref="BrokerOverflow.Wait"/> what finds no room is spilled, in order, until it
/// finds some or its time is up; whoever offers waits for <see cref="Room"/> before it offers much more.</remarks>
internal sealed class MessageBuffer
{
    private readonly SubscribeOptions _options;
    private readonly Action _overflowed;
    private readonly TimeProvider _time;
    private readonly Channel<BrokerMessage> _waiting;
    private readonly Lock _lock = new();
    private readonly Queue<SpilledMessage> _spilled = new();
    private volatile Task _room = Task.CompletedTask;
    private bool _isAbsorbing;
    private bool _isEnding;
    private long _dropped;
    private int _pending;

    /// <param name="options">Capacity and overflow.</param>
    /// <param name="overflowed">Called once where <see cref="BrokerOverflow.Throw"/> ends the buffer.</param>
    /// <param name="time">The clock of <see cref="SubscribeOptions.OverflowTimeout"/>.</param>
    public MessageBuffer(SubscribeOptions options, Action overflowed, TimeProvider time)
    {
        _options = options;
        _overflowed = overflowed;
        _time = time;
        _waiting = Channel.CreateBounded<BrokerMessage>(
            new BoundedChannelOptions(options.Capacity)
            {
                FullMode = options.Overflow switch
                {
                    BrokerOverflow.DropOldest => BoundedChannelFullMode.DropOldest,
                    BrokerOverflow.DropNewest => BoundedChannelFullMode.DropWrite,
                    _ => BoundedChannelFullMode.Wait,
                },
                SingleReader = options.MaxConcurrency == 1,
            },
            _ => CountDropped());
    }

    public ChannelReader<BrokerMessage> Reader => _waiting.Reader;

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Offered, and neither lost nor <see cref="Handled"/>.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Ends when nothing is spilled any more.</summary>
    public Task Room => _room;

    /// <summary>Takes a message; never blocks.</summary>
    public void Offer(BrokerMessage message)
    {
        Interlocked.Increment(ref _pending);
        if (_options.Overflow == BrokerOverflow.Wait)
        {
            OfferOrSpill(message);
        }
        else if (!_waiting.Writer.TryWrite(message) && !EndsByOverflow())
        {
            // Ended: what arrives now was never promised.
            Handled();
        }
    }

    public void Handled() => Interlocked.Decrement(ref _pending);

    /// <summary>Takes nothing more; what is there can still be read, then reading ends, with the failure where there is one.</summary>
    public void Complete(Exception? failure = null)
    {
        lock (_lock)
        {
            _isEnding = true;
            if (failure is not null || !_isAbsorbing)
            {
                _waiting.Writer.TryComplete(failure);
            }
        }
    }

    /// <summary>Takes nothing more, and lets go of what is spilled.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isEnding = true;
            _waiting.Writer.TryComplete();
        }
    }

    /// <summary>Lets go of what nobody will read.</summary>
    public void Clear()
    {
        while (_waiting.Reader.TryRead(out _))
        {
            Handled();
        }
    }

    private bool EndsByOverflow()
    {
        lock (_lock)
        {
            if (_isEnding || _options.Overflow != BrokerOverflow.Throw)
            {
                return false;
            }

            // Told before reading can end, so that whoever reads to the end knows why it came.
            _isEnding = true;
            CountDropped();
            _overflowed();
            _waiting.Writer.TryComplete();
            return true;
        }
    }

    private void OfferOrSpill(BrokerMessage message)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                Handled();
                return;
            }

            if (_spilled.Count == 0 && _waiting.Writer.TryWrite(message))
            {
                return;
            }

            _spilled.Enqueue(new(message, _time.GetTimestamp()));
            if (!_isAbsorbing)
            {
                _isAbsorbing = true;
                _room = Task.Run(AbsorbAsync);
            }
        }
    }

    private async Task AbsorbAsync()
    {
        while (NextSpilled() is { } next)
        {
            await PutAsync(next).ConfigureAwait(false);
        }
    }

    /// <summary>Steps over the spilled message that was seen to; the next stays in sight until it has been as well.</summary>
    private SpilledMessage? NextSpilled()
    {
        lock (_lock)
        {
            if (_spilled.TryPeek(out var next) && next.IsSettled)
            {
                _spilled.Dequeue();
            }

            if (_spilled.TryPeek(out next))
            {
                return next;
            }

            _isAbsorbing = false;
            if (_isEnding)
            {
                _waiting.Writer.TryComplete();
            }

            return null;
        }
    }

    private async Task PutAsync(SpilledMessage spilled)
    {
        var left = _options.OverflowTimeout - _time.GetElapsedTime(spilled.Arrived);
        try
        {
            if (!_waiting.Writer.TryWrite(spilled.Message))
            {
                using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
                await _waiting.Writer.WriteAsync(spilled.Message, late.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            CountDropped();
        }
        catch (ChannelClosedException)
        {
            Handled();
        }

        spilled.IsSettled = true;
    }

    private void CountDropped()
    {
        // In this order, so that who sees it counted as lost no longer sees it pending.
        Handled();
        Interlocked.Increment(ref _dropped);
        BrokerTelemetry.CountDropped();
    }
}
