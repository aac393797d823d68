using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>A subscription's buffer and the loops that call its handler.</summary>
internal sealed class TopicSubscription : IBrokerSubscription
{
    private readonly Func<BrokerMessage, CancellationToken, ValueTask> _handler;
    private readonly Func<TopicSubscription, Task> _end;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MessageBuffer _buffer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<BrokerGap>? _onGap;
    private readonly Lock _gapLock = new();
    private readonly Lock _tellLock = new();
    private BrokerGap? _gap;
    private volatile BrokerException? _overflow;

    public TopicSubscription(
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions options,
        Func<TopicSubscription, Task> end,
        TimeProvider time,
        ILogger logger)
    {
        Pattern = pattern;
        _handler = handler;
        _end = end;
        _time = time;
        _logger = logger;
        _onGap = options.OnGap;
        _buffer = new(options, EndOverflowed, time);
        Completion = RunAsync(options.MaxConcurrency);
    }

    public string Pattern { get; }

    public Task Completion { get; }

    public long Dropped => _buffer.Dropped;

    public int Pending => _buffer.Pending;

    /// <summary>Ends when what was offered has found room or been lost.</summary>
    public Task Room => _buffer.Room;

    /// <summary>Whether the broker need not know it any longer.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Marks it as ending; false where it was. Under the registry's gate.</summary>
    public bool TryBeginToEnd()
    {
        var isFirst = !IsEnding;
        IsEnding = true;
        return isFirst;
    }

    /// <summary>Takes a message into the buffer; never blocks.</summary>
    public void Offer(BrokerMessage message) => _buffer.Offer(message);

    /// <summary>Messages may be missing before the next that is offered; never blocks.</summary>
    public void Tell(BrokerGap gap)
    {
        if (_onGap is null)
        {
            return;
        }

        lock (_gapLock)
        {
            // Of two that nobody has heard of yet, one is told.
            _gap = _gap is { } earlier ? new(earlier.Missed + gap.Missed) : gap;
        }

        // Not on the loop that receives; where a message is handled first, it tells.
        _ = Task.Run(TellGap);
    }

    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        await _end(this).ConfigureAwait(false);
        _buffer.Complete();
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _end(this).ConfigureAwait(false);
        if (!CurrentHandler.IsOf(this))
        {
            // Why delivery broke is for those who ask Completion.
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends delivery without telling the broker and without waiting for the handlers that run.</summary>
    public Task StopAsync()
    {
        _buffer.Stop();
        return _stop.CancelAsync();
    }

    private void EndOverflowed()
    {
        _overflow = new(
            BrokerErrorCode.Overloaded,
            $"The subscription to '{Pattern}' ended: a message found its buffer full. Raise SubscribeOptions.Capacity, or choose another BrokerOverflow.");
        HandlerLog.SubscriptionOverflowed(_logger, Pattern);
        _ = Task.Run(() => _end(this));
    }

    private async Task RunAsync(int loops)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, loops).Select(_ => Task.Run(DeliverAsync))).ConfigureAwait(false);
        }
        finally
        {
            // Once reading has ended, what waits for room is let go of.
            await _buffer.Room.ConfigureAwait(false);
            _buffer.Clear();
        }

        if (_overflow is { } overflow)
        {
            throw overflow;
        }
    }

    private async Task DeliverAsync()
    {
        CurrentHandler.BelongsTo(this);
        // A message belongs to its sender's trace, or to none; never to that of whoever subscribed.
        Activity.Current = null;
        try
        {
            await foreach (var message in _buffer.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                try
                {
                    if (!_stop.IsCancellationRequested)
                    {
                        await HandleAsync(message).ConfigureAwait(false);
                    }
                }
                finally
                {
                    _buffer.Handled();
                }
            }
        }
        catch (Exception e)
        {
            // Delivery broke, so it ends: the other loops handle what waits and follow.
            _buffer.Complete(e);
            _ = Task.Run(() => _end(this));
            throw;
        }
    }

    /// <summary>Tells of a gap that nobody has heard of; returns when whoever else tells of one has finished.</summary>
    private void TellGap()
    {
        if (_onGap is null)
        {
            return;
        }

        lock (_tellLock)
        {
            BrokerGap? gap;
            lock (_gapLock)
            {
                (gap, _gap) = (_gap, null);
            }

            if (gap is null || _stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                _onGap(gap);
            }
            catch (Exception e)
            {
                BrokerTelemetry.CountHandlerError();
                HandlerLog.GapHandlerFailed(_logger, Pattern, e);
            }
        }
    }

    private async Task HandleAsync(BrokerMessage message)
    {
        TellGap();
        using var operation = BrokerTelemetry.StartProcess(message, Pattern, _time);
        try
        {
            await _handler(message, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ended under the handler, as its token told it.
        }
        catch (Exception e)
        {
            BrokerTelemetry.CountHandlerError();
            operation?.Fail(e);
            HandlerLog.HandlerFailed(_logger, Pattern, message.Id, e);
        }
    }
}
