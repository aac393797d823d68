using System.Diagnostics.CodeAnalysis;

namespace Promethean.Broker.Testing;

/// <summary>A subscription's buffer, and the turns in which its handler is called.</summary>
/// <remarks>Whoever publishes lends its thread: the handler's synchronous part runs before the publish completes. While as many turns
/// run as may, other publishers only fill the buffer, so the handler sees one message at a time, in order.</remarks>
internal sealed class MemorySubscription : IBrokerSubscription
{
    private static readonly ContextCallback StartTurn = static state => _ = ((MemorySubscription)state!).DeliverAsync();

    private readonly TopicRouter _router;
    private readonly Func<BrokerMessage, CancellationToken, ValueTask> _handler;
    private readonly SubscribeOptions _options;
    private readonly HandlerContext _context;
    private readonly Queue<BrokerMessage> _waiting = new();
    private readonly LinkedList<DoorWait> _door = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Exception> _errors = [];
    private BrokerException? _overflow;
    private long _dropped;
    private int _turns;
    private int _handling;
    private bool _ended;

    public MemorySubscription(
        TopicRouter router,
        InMemoryBrokerClient client,
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions options)
    {
        _router = router;
        _handler = handler;
        _options = options;
        _context = new(router.Time);
        Client = client;
        Pattern = pattern;
    }

    public InMemoryBrokerClient Client { get; }

    public string Pattern { get; }

    public Task Completion => _completion.Task;

    public long Dropped
    {
        get
        {
            lock (_router.Gate)
            {
                return _dropped;
            }
        }
    }

    public int Pending
    {
        get
        {
            lock (_router.Gate)
            {
                return PendingUnderGate;
            }
        }
    }

    /// <summary>Messages not yet handled. Called under the gate.</summary>
    public int PendingUnderGate => _waiting.Count + _door.Count + _handling;

    /// <summary>Whether a message of the topic belongs here. Called under the gate.</summary>
    public bool Takes(string topic) =>
        !_ended && Client.State == BrokerConnectionState.Connected && BrokerTopic.Matches(Pattern, topic);

    /// <summary>Takes a message into the buffer. Called under the gate.</summary>
    /// <returns>What ends when there was room, or none in time; null where the message is in, or lost.</returns>
    public Task? Accept(BrokerMessage message)
    {
        if (_waiting.Count < _options.Capacity && _door.Count == 0)
        {
            _waiting.Enqueue(message);
            return null;
        }

        switch (_options.Overflow)
        {
            case BrokerOverflow.DropOldest:
                Lose(_waiting.Dequeue());
                _waiting.Enqueue(message);
                return null;
            case BrokerOverflow.Wait:
                return WaitAtDoor(message);
            case BrokerOverflow.Throw:
                Lose(message);
                _overflow = new(BrokerErrorCode.Overloaded, $"The subscription to '{Pattern}' has ended: {_options.Capacity} messages were waiting and one more came.");
                _ended = true;
                Keep(_overflow);
                return null;
            default:
                Lose(message);
                return null;
        }
    }

    /// <summary>Calls the handler for what waits, as far as its turns go. Called outside the gate.</summary>
    public void Deliver()
    {
        while (true)
        {
            lock (_router.Gate)
            {
                if (_turns == _options.MaxConcurrency || _waiting.Count == 0)
                {
                    return;
                }

                _turns++;
            }

            _context.Run(StartTurn, this);
        }
    }

    /// <summary>The client was away: what was published meanwhile is missing. Called outside the gate, before anything else comes.</summary>
    public void TellGap()
    {
        try
        {
            _options.OnGap?.Invoke(new(null));
        }
        catch (Exception e)
        {
            lock (_router.Gate)
            {
                Keep(e);
            }
        }
    }

    /// <summary>What handlers have thrown since the last call, where that is kept.</summary>
    public IReadOnlyList<Exception> TakeErrors()
    {
        lock (_router.Gate)
        {
            (var errors, _errors) = (_errors, []);
            return errors;
        }
    }

    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        End(keepPending: true);
        if (!_context.IsCurrent)
        {
            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        if (!_context.IsCurrent)
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends delivery without waiting for the handler that runs.</summary>
    public void Stop()
    {
        End(keepPending: false);
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException e)
        {
            _router.RecordHandlerError(this, null, e);
        }
    }

    private void End(bool keepPending)
    {
        List<DoorWait> sentAway = [];
        lock (_router.Gate)
        {
            _ended = true;
            if (!keepPending)
            {
                _waiting.Clear();
                sentAway.AddRange(_door);
                _door.Clear();
            }

            CompleteWhenDone();
        }

        sentAway.ForEach(wait => wait.End());
        _router.Signal.Changed();
    }

    private void CompleteWhenDone()
    {
        if (!_ended || _turns > 0 || _waiting.Count > 0)
        {
            return;
        }

        _router.Remove(this);
        if (_overflow is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(_overflow);
        }
    }

    private void Lose(BrokerMessage message)
    {
        _dropped++;
        BrokerTelemetry.CountDropped();
        _router.Journal.Record(BrokerLogKind.Dropped, Pattern, message.Id, client: Client.Name, message: message, note: "the buffer was full");
    }

    private void Keep(Exception error)
    {
        if (_router.KeepsErrors)
        {
            _errors.Add(error);
        }
    }

    private Task WaitAtDoor(BrokerMessage message)
    {
        var wait = new DoorWait(message);
        _door.AddLast(wait);
        wait.Start(_router.Time, _options.OverflowTimeout, () =>
        {
            lock (_router.Gate)
            {
                if (!_door.Remove(wait))
                {
                    return;
                }

                Lose(message);
            }

            wait.End();
            _router.Signal.Changed();
        });
        return wait.Task;
    }

    private async Task DeliverAsync()
    {
        while (TryTake(out var message))
        {
            using var operation = BrokerTelemetry.StartProcess(message, Pattern, _router.Time);
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
                operation?.Fail(e);
                _router.RecordHandlerError(this, message.Id, e);
                lock (_router.Gate)
                {
                    Keep(e);
                }
            }

            lock (_router.Gate)
            {
                _handling--;
            }

            _router.Signal.Changed();
        }
    }

    private bool TryTake([NotNullWhen(true)] out BrokerMessage? message)
    {
        DoorWait? entered = null;
        lock (_router.Gate)
        {
            if (!_waiting.TryDequeue(out message))
            {
                _turns--;
                CompleteWhenDone();
                return false;
            }

            _handling++;
            _router.Journal.Record(BrokerLogKind.Delivered, Pattern, message.Id, client: Client.Name, message: message);
            if (_door.First?.Value is { } next)
            {
                entered = next;
                _door.RemoveFirst();
                _waiting.Enqueue(next.Message);
            }
        }

        entered?.End();
        return true;
    }
}
