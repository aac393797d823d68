using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Brings tasks from queues to consumers, and back where they are not done.</summary>
/// <remarks>One lock guards all of it; under the lock frames are only queued, which never blocks. One timer stands for every delay
/// and every lease. Where there is a journal, memory changes at once and the change waits to be written; what others see of it, an
/// acknowledgement or a task in somebody's hands, waits with it.</remarks>
internal sealed class QueueDispatcher : IQueues, IAsyncDisposable
{
    private static readonly NackOptions LeaseOver = new() { Reason = "the lease ran out" };
    private static readonly NackOptions ConnectionEnded = new() { Reason = "the consumer's connection ended" };
    private static readonly NackOptions BrokerEnded = new() { Reason = "the broker ended during its last attempt" };
    private static readonly Refusal ShuttingDown = new(BrokerErrorCode.Overloaded, "The broker is shutting down.", TimeSpan.FromSeconds(1));

    private readonly Lock _lock = new();
    private readonly ConsumerTable _consumers = new();
    private readonly TaskBook _book;
    private readonly BrokerServerOptions _options;
    private readonly BrokerServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly ITaskJournal? _journal;
    private readonly JournalWriter? _writer;
    private DateTimeOffset? _armed;
    private bool _draining;
    private bool _isPaused;
    private int _disposed;

    public QueueDispatcher(
        BrokerServerOptions options,
        BrokerServerMetrics metrics,
        TimeProvider time,
        ILogger<QueueDispatcher> logger,
        IHostApplicationLifetime host,
        ITaskJournal? journal = null)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _book = new($"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}-q", new()
        {
            Tasks = options.MaxQueuedTasks,
            Queues = options.MaxQueues,
            Attempts = options.MaxTaskAttempts,
            DedupeWindow = options.DedupeWindow,
            DeadLetters = options.MaxDeadLetters,
            Bytes = options.MaxQueuedTaskBytes,
        })
        {
            Dropped = Drop,
        };
        _timer = time.CreateTimer(_ => TakeTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _journal = journal;
        _writer = journal is null ? null : new(journal, _lock, options, time, logger) { Advanced = GoOn, Lost = host.StopApplication };
    }

    /// <summary>Takes in what the journal kept. Before anyone connects.</summary>
    /// <exception cref="TaskJournalException">It cannot be read.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_journal is null || _writer is null)
        {
            return;
        }

        var kept = await StoredTasks.ReadAsync(_journal, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var now = Now;
            foreach (var ended in kept.Where(task => task.FadesAt > now).OrderBy(task => task.FadesAt))
            {
                if (StoredTasks.Name(ended) is { } name)
                {
                    _book.Restore(name, ended.Id, ended.FadesAt!.Value);
                }
            }

            foreach (var stored in kept.Where(task => task.DoneAt is null))
            {
                Restore(StoredTasks.Book(stored), now);
            }

            if (_book.NextDue is { } next)
            {
                Arm(next);
            }
        }

        _writer.Start();
    }

    /// <summary>Takes a task, says its id, and gives it out where somebody has room.</summary>
    public void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            if ((_draining ? ShuttingDown : _writer?.Busy ?? TooLarge(task)) is { } refusal)
            {
                sender.Acknowledge(rawId, refusal);
                return;
            }

            EnqueueResult result;
            try
            {
                result = _book.Add(task.Queue, task.Value, task.Options, Now, isOnTheWay: _writer is not null);
            }
            catch (BrokerException e)
            {
                sender.Acknowledge(rawId, new(e.Code, e.Message, e.RetryAfter));
                return;
            }

            _metrics.Tasks(result.IsDuplicate ? 0 : 1);
            if (_writer is not null)
            {
                Record(_writer, sender, task, rawId, result);
                return;
            }

            if (!rawId.IsEmpty)
            {
                sender.Reply(ServerFrames.Enqueued(rawId, result));
            }

            if (!result.IsDuplicate)
            {
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
                var now = Now;
                _book.Complete(task, now);
                _metrics.Tasks(-1);
                if (_writer is null)
                {
                    connection.Acknowledge(rawId, null);
                }
                else
                {
                    _writer.Append(new JournalEntry { Change = StoredTasks.Ended(task, now) }.For(connection, rawId));
                }

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
                if (_writer is null)
                {
                    connection.Acknowledge(rawId, null);
                }
                else
                {
                    _writer.Append(new JournalEntry().For(connection, rawId));
                }

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
                if (task.IsOnTheWay)
                {
                    Withdraw(task);
                }
                else
                {
                    Return(task, ConnectionEnded);
                }
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

    /// <summary>Waits until all changes are in the journal, and gives how many are not; none where there is no journal.</summary>
    public async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        if (_writer is not null)
        {
            try
            {
                await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The number says it.
            }
        }

        lock (_lock)
        {
            return _writer?.Backlog ?? 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container knows it by two names, and disposes what it finds under each.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Takes a task out of its holder's hands; where this connection does not hold it, says so.</summary>
    private BookedTask? Release(ClientConnection connection, SettlePayload settled, ReadOnlyMemory<byte> rawId)
    {
        if (_writer?.Busy is { } busy)
        {
            connection.Acknowledge(rawId, busy);
            return null;
        }

        if (connection.Queues.FindHolder(settled.Queue, settled.TaskId) is not { } holder || holder.Tasks[settled.TaskId].IsOnTheWay)
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
        _writer?.Append(new() { Change = StoredTasks.Changed(task, now) });
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
        // The end of the registration is about to be acknowledged, and no task comes after that.
        foreach (var task in consumer.Tasks.Values.Where(task => task.IsOnTheWay).ToList())
        {
            consumer.Tasks.Remove(task.Id);
            Withdraw(task);
        }

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
            && HasRoomInJournal()
            && _consumers.Next(queue) is { } consumer
            && (_writer is null ? _book.Take(queue, consumer, consumer.Lease, Now) : _book.Promise(queue, consumer, Now)) is { } task)
        {
            _consumers.Hold(consumer, task);
            if (_writer is null)
            {
                Assign(consumer, task);
            }
            else
            {
                Promise(_writer, consumer, task);
            }
        }
    }

    /// <summary>Has the attempt written before the task goes out.</summary>
    private void Promise(JournalWriter writer, QueueConsumer consumer, BookedTask task) =>
        writer.Append(new() { Change = StoredTasks.Changed(task, Now), Written = () => Deliver(consumer, task) });

    private void Assign(QueueConsumer consumer, BookedTask task)
    {
        consumer.Connection.Reply(ServerFrames.QueueTaskAssigned(task, consumer.Name.Length == 0 ? null : consumer.Name));
        Arm(task.Due);
    }

    /// <summary>A task whose attempt is written goes to its consumer, if that is still there to take it.</summary>
    private void Deliver(QueueConsumer consumer, BookedTask task)
    {
        // Where it is somebody else's by now, it was withdrawn meanwhile; a consumer that has left never comes back as the same.
        if (task.Holder != consumer || !task.IsOnTheWay)
        {
            return;
        }

        if (_draining)
        {
            consumer.Tasks.Remove(task.Id);
            Withdraw(task);
            return;
        }

        _book.Lend(task, consumer.Lease, Now);
        Assign(consumer, task);
    }

    /// <summary>Takes back a task that has not reached its consumer.</summary>
    private void Withdraw(BookedTask task)
    {
        var now = Now;
        _book.Withdraw(task, now);
        _writer?.Append(new() { Change = StoredTasks.Changed(task, now) });
    }

    /// <summary>Has an accepted task written before it is acknowledged and before anyone gets it.</summary>
    private void Record(JournalWriter writer, ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId, EnqueueResult result)
    {
        if (result.IsDuplicate)
        {
            // The one that it repeats may itself not be written yet.
            writer.Append(new JournalEntry().For(sender, rawId, result));
            return;
        }

        var added = _book.Find(task.Queue, result.TaskId)!;
        var entry = new JournalEntry { Change = StoredTasks.New(added), Written = () => Arrive(added) };
        writer.Append(entry.For(sender, rawId, result));
    }

    private void Arrive(BookedTask task)
    {
        var now = Now;
        _book.Arrive(task, now);
        if (task.Due > now)
        {
            Arm(task.Due);
        }

        Dispatch(task.Queue);
    }

    private void Restore(BookedTask task, DateTimeOffset now)
    {
        _book.Restore(task, now);
        _metrics.Tasks(1);
        if (task.Attempts >= task.MaxAttempts && !QueueName.IsDeadLetters(task.Queue))
        {
            Return(task, BrokerEnded);
        }
    }

    /// <summary>A dead letter has made room for another.</summary>
    private void Drop(BookedTask letter)
    {
        Log.DeadLetterDropped(_logger, letter.Queue, letter.Id, _options.MaxDeadLetters);
        _metrics.DeadLetterDropped();
        _writer?.Append(new() { Change = StoredTasks.Ended(letter, Now) });
    }

    private Refusal? TooLarge(EnqueuePayload task) => _journal is { } journal && StoredTasks.Size(task) > journal.MaxTaskBytes
        ? new(BrokerErrorCode.TooLarge, $"A stored task has at most {journal.MaxTaskBytes} bytes.")
        : null;

    private bool HasRoomInJournal()
    {
        if (_writer?.Busy is null)
        {
            return true;
        }

        _isPaused = true;
        return false;
    }

    /// <summary>The journal has got on: what was held up for it may go.</summary>
    private void GoOn()
    {
        if (_isPaused)
        {
            _isPaused = false;
            DispatchAll();
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
