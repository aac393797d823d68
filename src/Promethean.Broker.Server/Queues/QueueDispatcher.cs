using System.Security.Cryptography;

namespace Promethean.Broker.Server;

/// <summary>Brings tasks from queues to consumers, and back where they are not done.</summary>
/// <remarks>One lock guards all of it; under the lock frames are only queued, which never blocks. One timer stands for every delay
/// and every lease.</remarks>
internal sealed class QueueDispatcher : IDisposable
{
    private static readonly NackOptions LeaseOver = new() { Reason = "the lease ran out" };
    private static readonly NackOptions ConnectionEnded = new() { Reason = "the consumer's connection ended" };
    private static readonly Refusal ShuttingDown = new(BrokerErrorCode.Overloaded, "The broker is shutting down.", TimeSpan.FromSeconds(1));

    private readonly Lock _lock = new();
    private readonly ConsumerTable _consumers = new();
    private readonly TaskBook _book;
    private readonly BrokerServerOptions _options;
    private readonly BrokerServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private DateTimeOffset? _armed;
    private bool _draining;

    public QueueDispatcher(BrokerServerOptions options, BrokerServerMetrics metrics, TimeProvider time)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        _book = new(
            $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}-q",
            options.MaxQueuedTasks,
            options.MaxQueues,
            options.MaxTaskAttempts,
            options.DedupeWindow);
        _timer = time.CreateTimer(_ => TakeTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a task, says its id, and gives it out where somebody has room.</summary>
    public void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            if (_draining)
            {
                sender.Acknowledge(rawId, ShuttingDown);
                return;
            }

            EnqueueResult result;
            try
            {
                result = _book.Add(task.Queue, task.Value, task.Options, Now);
            }
            catch (BrokerException e)
            {
                sender.Acknowledge(rawId, new(e.Code, e.Message, e.RetryAfter));
                return;
            }

            if (!rawId.IsEmpty)
            {
                sender.Reply(ServerFrames.Enqueued(rawId, result));
            }

            if (!result.IsDuplicate)
            {
                _metrics.Tasks(1);
                if (task.Options.Delay > TimeSpan.Zero)
                {
                    Arm(Now + task.Options.Delay);
                }

                Dispatch(task.Queue);
            }
        }
    }

    /// <summary>Registers a consumer, changes it, or, without credit, ends it; acknowledges before it assigns.</summary>
    public void Register(ClientConnection connection, ConsumePayload ready, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            var mine = connection.Queues;
            if (mine.IsClosed)
            {
                return;
            }

            var name = ready.Consumer ?? "";
            mine.Consumers.TryGetValue(name, out var consumer);
            if (consumer is null && ready.Credit > 0 && mine.Consumers.Count + connection.Work.Workers.Count >= _options.MaxWorkers)
            {
                connection.Acknowledge(rawId, new(BrokerErrorCode.TooLarge, $"A connection has at most {_options.MaxWorkers} workers and consumers."));
                return;
            }

            if (consumer is not null && (ready.Credit == 0 || consumer.Queue != ready.Queue))
            {
                Retire(consumer);
                consumer = null;
            }

            connection.Acknowledge(rawId, null);
            if (ready.Credit > 0)
            {
                if (consumer is null)
                {
                    _consumers.Add(mine.Consumers[name] = consumer = new(connection, name, ready.Queue));
                }

                consumer.Credit = ready.Credit;
                consumer.Lease = ready.Lease;
                Dispatch(ready.Queue);
            }
        }
    }

    /// <summary>A task is done.</summary>
    public void Complete(ClientConnection connection, SettlePayload done, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            if (Release(connection, done, rawId) is { } task)
            {
                _book.Complete(task, Now);
                _metrics.Tasks(-1);
                connection.Acknowledge(rawId, null);
                Dispatch(done.Queue);
            }
        }
    }

    /// <summary>A task was not done.</summary>
    public void Return(ClientConnection connection, SettlePayload undone, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            if (Release(connection, undone, rawId) is { } task)
            {
                Return(task, undone.How);
                connection.Acknowledge(rawId, null);
                Dispatch(undone.Queue);
                Dispatch(task.Queue);
            }
        }
    }

    /// <summary>A connection that was behind has room again.</summary>
    public void Resume(ClientConnection connection)
    {
        lock (_lock)
        {
            foreach (var consumer in connection.Queues.Consumers.Values)
            {
                Dispatch(consumer.Queue);
            }
        }
    }

    /// <summary>Forgets a connection: what its consumers hold goes back.</summary>
    public void Disconnect(ClientConnection connection)
    {
        lock (_lock)
        {
            var mine = connection.Queues;
            mine.IsClosed = true;
            var gone = mine.Consumers.Values.Concat(mine.Leaving).ToList();
            mine.Consumers.Clear();
            mine.Leaving.Clear();
            gone.ForEach(_consumers.Remove);
            foreach (var task in gone.SelectMany(consumer => consumer.Tasks.Values))
            {
                Return(task, ConnectionEnded);
            }

            DispatchAll();
        }
    }

    /// <summary>Takes no more tasks and gives none out; those held may still be settled.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            _draining = true;
        }
    }

    /// <summary>Consumers registered, queues that hold something, and what they hold.</summary>
    public (int Consumers, int Queues, int Tasks) Count()
    {
        lock (_lock)
        {
            return (_consumers.Count, _book.Shelves.Count, _book.Shelves.Values.Sum(shelf => shelf.Count));
        }
    }

    public void Dispose() => _timer.Dispose();

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Takes a task out of its holder's hands; where this connection does not hold it, says so.</summary>
    private static BookedTask? Release(ClientConnection connection, SettlePayload settled, ReadOnlyMemory<byte> rawId)
    {
        if (connection.Queues.FindHolder(settled.Queue, settled.TaskId) is not { } holder)
        {
            connection.Acknowledge(rawId, new(
                BrokerErrorCode.NotFound, $"No task '{settled.TaskId}' of queue '{settled.Queue}' is assigned to this connection; its lease may have run out."));
            return null;
        }

        holder.Tasks.Remove(settled.TaskId, out var task);
        LetGo(holder);
        return task;
    }

    private void Return(BookedTask task, NackOptions how)
    {
        var now = Now;
        _book.Return(task, how, now);
        if (task.Due > now)
        {
            Arm(task.Due);
        }
    }

    /// <summary>Gives it no more tasks; those it holds stay its own.</summary>
    private void Retire(QueueConsumer consumer)
    {
        _consumers.Remove(consumer);
        consumer.Credit = 0;
        var mine = consumer.Connection.Queues;
        mine.Consumers.Remove(consumer.Name);
        mine.Leaving.Add(consumer);
        LetGo(consumer);
    }

    private static void LetGo(QueueConsumer consumer)
    {
        if (consumer.Tasks.Count == 0)
        {
            consumer.Connection.Queues.Leaving.Remove(consumer);
        }
    }

    private void DispatchAll()
    {
        foreach (var queue in _consumers.Queues)
        {
            Dispatch(queue);
        }
    }

    private void Dispatch(string queue)
    {
        while (!_draining
            && _consumers.Next(queue) is { } consumer
            && _book.Take(queue, consumer, consumer.Lease, Now) is { } task)
        {
            _consumers.Hold(consumer, task);
            consumer.Connection.Reply(ServerFrames.QueueTaskAssigned(task, consumer.Name.Length == 0 ? null : consumer.Name));
            Arm(task.Due);
        }
    }

    /// <summary>Does what has come due: leases that ran out, delays that passed.</summary>
    private void TakeTime()
    {
        lock (_lock)
        {
            var now = Now;
            _armed = null;
            foreach (var task in _book.Expired(now))
            {
                var holder = (QueueConsumer)task.Holder!;
                holder.Tasks.Remove(task.Id);
                LetGo(holder);
                Return(task, LeaseOver);
            }

            // Queues without a consumer too: what is due there would wake the timer again at once.
            _book.Ripen(now);
            DispatchAll();
            if (_book.NextDue is { } next)
            {
                Arm(next);
            }
        }
    }

    /// <summary>Sees to it that the timer runs no later than this.</summary>
    private void Arm(DateTimeOffset due)
    {
        if (_armed is { } armed && armed <= due)
        {
            return;
        }

        _armed = due;
        // Timers count whole milliseconds, and one that comes too early comes in vain.
        var wait = Math.Max(0, Math.Ceiling((due - Now).TotalMilliseconds));
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }
}
