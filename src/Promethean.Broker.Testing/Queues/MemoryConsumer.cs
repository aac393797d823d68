namespace Promethean.Broker.Testing;

/// <summary>A registration for a queue: as many tasks at once as its credit.</summary>
internal sealed class MemoryConsumer : IQueueConsumer
{
    private const string DisposalReason = "the consumer was disposed";

    private readonly QueueRouter _router;
    private readonly Func<IQueueDelivery, CancellationToken, ValueTask> _handler;
    private readonly HandlerContext _context;
    private readonly HashSet<MemoryLease> _leases = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _active;
    private bool _stopped;
    private bool _ended;

    public MemoryConsumer(
        QueueRouter router, InMemoryBrokerClient client, string queue, Func<IQueueDelivery, CancellationToken, ValueTask> handler, ConsumeOptions options)
    {
        _router = router;
        _handler = handler;
        _context = new(router.Time);
        Client = client;
        Queue = queue;
        Options = options;
    }

    public InMemoryBrokerClient Client { get; }

    public string Queue { get; }

    public ConsumeOptions Options { get; }

    public int Active
    {
        get
        {
            lock (_router.Gate)
            {
                return _active;
            }
        }
    }

    public Task Completion => _completion.Task;

    /// <summary>Whether it can be given a task. Under the gate.</summary>
    public bool HasCredit => !_ended && Client.State == BrokerConnectionState.Connected && _leases.Count < Options.Credit;

    /// <summary>Tasks held or handled. Under the gate.</summary>
    public int Load => _leases.Count;

    /// <summary>When it was last given a task, in the router's count. Under the gate.</summary>
    public long LastTaken { get; set; }

    /// <summary>Takes a task into its credit. Under the gate.</summary>
    public void Hold(MemoryLease lease) => _leases.Add(lease);

    /// <summary>Gives the credit back where neither the book nor a handler has the task any more. Under the gate.</summary>
    public void LetGo(MemoryLease lease)
    {
        if (!lease.IsHeld && lease.Handlers == 0 && _leases.Remove(lease))
        {
            lease.Dispose();
        }

        CompleteWhenDone();
    }

    /// <summary>A delivery has come: calls the handler. Called outside the gate.</summary>
    public void Start(MemoryLease lease)
    {
        lock (_router.Gate)
        {
            if (_stopped || (_ended && !lease.IsHeld) || lease.Token.IsCancellationRequested || Client.State != BrokerConnectionState.Connected)
            {
                return;
            }

            // A repeated delivery may come after its task was settled; its handler counts against the credit all the same.
            _leases.Add(lease);
            lease.Handlers++;
            _active++;
        }

        _context.Run(
            static state =>
            {
                var (consumer, delivery) = ((MemoryConsumer, MemoryDelivery))state!;
                _ = consumer.HandleAsync(delivery);
            },
            (this, new MemoryDelivery(_router, lease)));
    }

    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        _router.Remove(this);
        lock (_router.Gate)
        {
            _ended = true;
            CompleteWhenDone();
        }

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

    /// <summary>Takes no more, ends the tokens of what runs and gives it back, without waiting for the handlers.</summary>
    public void Stop()
    {
        lock (_router.Gate)
        {
            _ended = true;
            _stopped = true;
        }

        _router.Remove(this);
        var (handled, waiting) = Split();
        foreach (var lease in handled)
        {
            // Its handler says what becomes of the task: it returns, or it heeds the token and the task goes back.
            lease.Cancel();
        }

        _router.TakeBack(waiting, DisposalReason);
        lock (_router.Gate)
        {
            CompleteWhenDone();
        }
    }

    /// <summary>Records what user code threw that hangs on a lease's token.</summary>
    public void RecordError(string taskId, Exception error) => _router.RecordHandlerError(this, taskId, error);

    /// <summary>The leases, as they are now.</summary>
    public IReadOnlyList<MemoryLease> Leases()
    {
        lock (_router.Gate)
        {
            return [.. _leases];
        }
    }

    private (IReadOnlyList<MemoryLease> Handled, IReadOnlyList<MemoryLease> Waiting) Split()
    {
        lock (_router.Gate)
        {
            return ([.. _leases.Where(lease => lease.Handlers > 0)], [.. _leases.Where(lease => lease.Handlers == 0)]);
        }
    }

    private void CompleteWhenDone()
    {
        if (_ended && _leases.Count == 0)
        {
            _router.Forget(this);
            _completion.TrySetResult();
        }
    }

    private async Task HandleAsync(MemoryDelivery delivery)
    {
        using var operation = BrokerTelemetry.StartProcess(delivery.Task, _router.Time);
        try
        {
            await _handler(delivery, delivery.Lease.Token).ConfigureAwait(false);
            await SettleAsync(delivery, null).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (delivery.Lease.Token.IsCancellationRequested)
        {
            // Where the lease or the connection is over, the task is back already.
            if (_stopped)
            {
                await SettleAsync(delivery, new() { Reason = DisposalReason }).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            operation?.Fail(e);
            BrokerTelemetry.CountHandlerError();
            _router.RecordHandlerError(this, delivery.Task.Id, e);
            await SettleAsync(delivery, new() { Delay = Options.RetryDelayAfter(delivery.Task.Attempts), Reason = $"{e.GetType().Name}: {e.Message}" })
                .ConfigureAwait(false);
        }

        var isLeft = false;
        lock (_router.Gate)
        {
            _active--;
            delivery.Lease.Handlers--;
            isLeft = _stopped && delivery.Lease is { IsHeld: true, Handlers: 0 };
            LetGo(delivery.Lease);
        }

        if (isLeft)
        {
            // Its settlement failed, and nobody is left to try again.
            _router.TakeBack([delivery.Lease], DisposalReason);
        }

        _router.Dispatch();
        _router.Signal.Changed();
    }

    private async Task SettleAsync(MemoryDelivery delivery, NackOptions? nack)
    {
        try
        {
            if (nack is null)
            {
                await delivery.AckAsync().ConfigureAwait(false);
            }
            else
            {
                await delivery.NackAsync(nack).ConfigureAwait(false);
            }
        }
        catch (BrokerException e)
        {
            // The task comes again by itself: its lease was lost, or runs out.
            _router.RecordLostSettlement(this, delivery.Task.Id, e);
        }
    }
}
