using System.Diagnostics.CodeAnalysis;

namespace Promethean.Broker.Testing;

/// <summary>A subscription's buffer, and the turns in which its handler is called.</summary>
/// <remarks>Whoever publishes lends its thread: the handler's synchronous part runs before the publish completes. While one turn
/// runs, other publishers only fill the buffer, so the handler sees one message at a time, in order.</remarks>
internal sealed class MemorySubscription : IBrokerSubscription
{
    private static readonly ContextCallback StartTurn = static state => _ = ((MemorySubscription)state!).DeliverAsync();

    private readonly TopicRouter _router;
    private readonly Func<BrokerMessage, CancellationToken, ValueTask> _handler;
    private readonly SubscribeOptions _options;
    private readonly HandlerContext _context = new();
    private readonly Queue<BrokerMessage> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _dropped;
    private bool _turnTaken;
    private bool _handling;
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
                return _waiting.Count + (_handling ? 1 : 0);
            }
        }
    }

    /// <summary>Whether a message of the topic belongs here. Called under the gate.</summary>
    public bool Takes(string topic) =>
        !_ended && Client.State == BrokerConnectionState.Connected && BrokerTopic.Matches(Pattern, topic);

    /// <summary>Takes a message into the buffer. Called under the gate.</summary>
    public void Accept(BrokerMessage message)
    {
        if (_waiting.Count < _options.Capacity)
        {
            _waiting.Enqueue(message);
            return;
        }

        var lost = message;
        if (_options.Overflow == BrokerOverflow.DropOldest)
        {
            lost = _waiting.Dequeue();
            _waiting.Enqueue(message);
        }

        _dropped++;
        _router.Journal.Record(BrokerLogKind.Dropped, Pattern, lost.Id);
    }

    /// <summary>Calls the handler for what waits, unless that is under way. Called outside the gate.</summary>
    public void Deliver()
    {
        lock (_router.Gate)
        {
            if (_turnTaken || _waiting.Count == 0)
            {
                return;
            }

            _turnTaken = true;
        }

        _context.Run(StartTurn, this);
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
            await Completion.ConfigureAwait(false);
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
            _router.RecordHandlerError(Pattern, null, e);
        }
    }

    private void End(bool keepPending)
    {
        lock (_router.Gate)
        {
            _ended = true;
            if (!keepPending)
            {
                _waiting.Clear();
            }

            if (!_turnTaken)
            {
                Complete();
            }
        }
    }

    private void Complete()
    {
        _router.Remove(this);
        _completion.TrySetResult();
    }

    private async Task DeliverAsync()
    {
        while (TryTake(out var message))
        {
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
                _router.RecordHandlerError(Pattern, message.Id, e);
            }
        }
    }

    private bool TryTake([NotNullWhen(true)] out BrokerMessage? message)
    {
        lock (_router.Gate)
        {
            _handling = _waiting.TryDequeue(out message);
            if (_handling)
            {
                _router.Journal.Record(BrokerLogKind.Delivered, Pattern, message!.Id);
                return true;
            }

            _turnTaken = false;
            if (_ended)
            {
                Complete();
            }

            return false;
        }
    }
}
