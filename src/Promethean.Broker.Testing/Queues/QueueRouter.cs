namespace Promethean.Broker.Testing;

/// <summary>The queues: gives the oldest tasks to consumers with credit, the least busy first, and takes back what is not settled.</summary>
internal sealed class QueueRouter(Lock gate, Journal journal, TimeProvider time, FaultyNetwork network, WorkSignal signal, InMemoryBrokerOptions options)
{
    private const int MaxQueues = 10_000;

    private readonly TaskBook _book = new("q", new()
    {
        Tasks = options.MaxQueuedTasks,
        Queues = MaxQueues,
        Attempts = options.MaxTaskAttempts,
        DedupeWindow = options.DedupeWindow,
    });
    private readonly List<MemoryConsumer> _consumers = [];

    // Those that take tasks, and those that took some and have not ended.
    private readonly HashSet<MemoryConsumer> _working = [];
    private ITimer? _timer;
    private long _taken;
    private bool _dispatching;
    private bool _disposed;

    public Lock Gate => gate;

    public TimeProvider Time => time;

    public WorkSignal Signal => signal;

    /// <summary>Tasks with a consumer, and those that one could take. Under the gate.</summary>
    public int Pending => _book.Shelves.Values.Sum(shelf => shelf.Held)
        + _working.Sum(consumer => consumer.Load - HeldBy(consumer))
        + _consumers.Where(consumer => consumer.HasCredit).Select(consumer => consumer.Queue).Distinct().Sum(Ready);

    /// <summary>Tasks that wait for their time, or for credit, in queues that somebody consumes. Under the gate.</summary>
    public int Waiting => _consumers.Select(consumer => consumer.Queue).Distinct().Sum(queue => Ready(queue) + Delayed(queue));

    /// <summary>Who waits or works, one line each. Under the gate.</summary>
    public IEnumerable<string> Describe() =>
        _book.Shelves.Where(shelf => shelf.Value.Count > 0)
            .Select(shelf => $"queue '{shelf.Key}': {shelf.Value.Ready} ready, {shelf.Value.Delayed} held back, {shelf.Value.Held} with a consumer");

    /// <summary>Tasks of a queue, wherever they are. Under the gate.</summary>
    public int Count(string queue) => _book.Shelves.TryGetValue(queue, out var shelf) ? shelf.Count : 0;

    public EnqueueResult Enqueue(InMemoryBrokerClient client, string queue, JsonPayload payload, EnqueueOptions how)
    {
        EnqueueResult result;
        using var operation = BrokerTelemetry.StartEnqueue(queue, time);
        how = Traced(how);
        lock (gate)
        {
            client.ThrowIfDisposed();
            var now = time.GetUtcNow();
            network.ThrowIfRefused(new("", queue, now, payload, how.Headers));
            result = _book.Add(queue, payload, how, now);
            journal.Record(
                result.IsDuplicate ? BrokerLogKind.Deduplicated : BrokerLogKind.Enqueued,
                queue,
                result.TaskId,
                client: client.Name,
                message: new(result.TaskId, queue, now, payload, how.Headers));
            Arm();
        }

        Dispatch();
        return result;
    }

    public void Add(MemoryConsumer consumer)
    {
        lock (gate)
        {
            consumer.Client.ThrowIfDisposed();
            _consumers.Add(consumer);
            _working.Add(consumer);
        }

        Dispatch();
    }

    public void Remove(MemoryConsumer consumer)
    {
        lock (gate)
        {
            _consumers.Remove(consumer);
        }
    }

    /// <summary>A consumer has ended. Under the gate.</summary>
    public void Forget(MemoryConsumer consumer) => _working.Remove(consumer);

    public IReadOnlyList<MemoryConsumer> ConsumersOf(InMemoryBrokerClient client)
    {
        lock (gate)
        {
            return [.. _consumers.Where(consumer => consumer.Client == client)];
        }
    }

    /// <summary>Gives out what can be. Called outside the gate; what a handler sets off meanwhile is left to the call under way, so
    /// that a long queue does not grow the stack.</summary>
    public void Dispatch()
    {
        lock (gate)
        {
            if (_dispatching)
            {
                return;
            }

            _dispatching = true;
        }

        while (TryTake() is { } arrivals)
        {
            foreach (var arrive in arrivals)
            {
                arrive();
            }
        }
    }

    /// <summary>Settles a held task, over the consumer's connection.</summary>
    public async ValueTask SettleAsync(MemoryLease lease, NackOptions? nack, CancellationToken cancellationToken)
    {
        var client = lease.Consumer.Client;
        using var operation = BrokerTelemetry.StartSettle(nack is null ? "ack" : "nack", lease.Task.Queue, time);
        await client.EnterAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            if (_book.Held(lease.Task.Queue, lease.Task.Id, lease) is not { } task)
            {
                throw new BrokerException(BrokerErrorCode.NotFound, $"The task '{lease.Task.Id}' of '{lease.Task.Queue}' is not held by this consumer any more.");
            }

            if (nack is null)
            {
                _book.Complete(task, time.GetUtcNow());
                journal.Record(BrokerLogKind.Acked, lease.Task.Queue, task.Id, client: client.Name);
            }
            else
            {
                Return(task, lease, nack);
            }

            lease.IsHeld = false;
            lease.Consumer.LetGo(lease);
            Arm();
        }

        signal.Changed();
        Dispatch();
        await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes tasks back from consumers that cannot settle them, and ends their handlers' tokens. Called outside the gate.</summary>
    public void TakeBack(IReadOnlyList<MemoryLease> leases, string reason)
    {
        lock (gate)
        {
            foreach (var lease in leases)
            {
                if (_book.Held(lease.Task.Queue, lease.Task.Id, lease) is { } task)
                {
                    Return(task, lease, new() { Reason = reason });
                    lease.IsHeld = false;
                }
            }

            Arm();
        }

        foreach (var lease in leases)
        {
            lease.Cancel();
            lock (gate)
            {
                lease.Consumer.LetGo(lease);
            }
        }

        Dispatch();
        signal.Changed();
    }

    public void RecordHandlerError(MemoryConsumer consumer, string taskId, Exception error)
    {
        lock (gate)
        {
            journal.Record(BrokerLogKind.HandlerFailed, consumer.Queue, taskId, error, consumer.Client.Name);
        }
    }

    public void RecordLostSettlement(MemoryConsumer consumer, string taskId, BrokerException error)
    {
        lock (gate)
        {
            journal.Record(BrokerLogKind.Dropped, consumer.Queue, taskId, error, consumer.Client.Name, note: "a settlement was lost");
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private static EnqueueOptions Traced(EnqueueOptions how) =>
        BrokerTelemetry.WithTrace(how.Headers) is var headers && ReferenceEquals(headers, how.Headers)
            ? how
            : new() { DedupeId = how.DedupeId, Delay = how.Delay, MaxAttempts = how.MaxAttempts, Headers = headers };

    private int Ready(string queue) => _book.Shelves.TryGetValue(queue, out var shelf) ? shelf.Ready : 0;

    private int Delayed(string queue) => _book.Shelves.TryGetValue(queue, out var shelf) ? shelf.Delayed : 0;

    private int HeldBy(MemoryConsumer consumer) => _book.Shelves.TryGetValue(consumer.Queue, out var shelf)
        ? shelf.Leased.Count(task => task.Holder is MemoryLease lease && lease.Consumer == consumer)
        : 0;

    /// <summary>Gives out one task; null, and the end of the dispatch, where there is none to give.</summary>
    private List<Action>? TryTake()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var consumer in _consumers.Where(consumer => consumer.HasCredit).OrderBy(consumer => (consumer.Load, consumer.LastTaken)))
            {
                var lease = new MemoryLease(consumer) { Task = null! };
                if (_book.Take(consumer.Queue, lease, consumer.Options.Lease, now) is not { } task)
                {
                    continue;
                }

                lease.Task = task.ToTask();
                consumer.LastTaken = ++_taken;
                consumer.Hold(lease);
                journal.Record(BrokerLogKind.Taken, task.Queue, task.Id, client: consumer.Client.Name, note: task.Attempts > 1 ? $"attempt {task.Attempts}" : null);
                Arm();
                List<Action> arrivals = [];
                network.Send(
                    consumer.Client,
                    new(task.Id, task.Queue, task.EnqueuedAt, task.Payload, task.Headers),
                    () => consumer.Start(lease),
                    arrivals,
                    mayRepeat: true);
                return arrivals;
            }

            // Under the gate: whoever changes something after this look finds no dispatch under way, and starts one.
            _dispatching = false;
            return null;
        }
    }

    private void Return(BookedTask task, MemoryLease lease, NackOptions how)
    {
        var dead = _book.Return(task, how, time.GetUtcNow());
        journal.Record(
            dead ? BrokerLogKind.DeadLettered : BrokerLogKind.Returned, lease.Task.Queue, task.Id, client: lease.Consumer.Client.Name, note: how.Reason);
    }

    /// <summary>Sets the timer to when the next task is due or the next lease runs out. Under the gate.</summary>
    private void Arm()
    {
        if (_disposed)
        {
            return;
        }

        var wait = _book.NextDue - time.GetUtcNow();
        _timer ??= wait is null ? null : time.CreateTimer(static router => ((QueueRouter)router!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer?.Change(wait is null ? Timeout.InfiniteTimeSpan : wait.Value > TimeSpan.Zero ? wait.Value : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void OnDue()
    {
        IReadOnlyList<MemoryLease> expired;
        lock (gate)
        {
            _book.Ripen(time.GetUtcNow());
            expired = [.. _book.Expired(time.GetUtcNow()).Select(task => (MemoryLease)task.Holder!)];
        }

        if (expired.Count > 0)
        {
            TakeBack(expired, "the lease ran out");
        }

        Dispatch();
        lock (gate)
        {
            Arm();
        }
    }
}
