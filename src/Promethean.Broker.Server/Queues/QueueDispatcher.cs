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
    private static readonly NackOptions ConnectionEnded = new() { Reason = "the consumer's connection ended" };

    private readonly Lock _lock = new();
    private readonly ConsumerTable _consumers = new();
    private readonly TaskBook _book;
    private readonly BrokerServerOptions _options;
    private readonly BrokerServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DueTimer _timer;
    private readonly ITaskJournal? _journal;
    private readonly JournalWriter? _writer;
    private readonly TaskLender _lender;
    private readonly TaskIntake _intake;
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
            QueuesPerOwner = OrgShare.Of(options, options.MaxQueuesPerOrg, options.MaxQueues),
            Attempts = options.MaxTaskAttempts,
            DedupeWindow = options.DedupeWindow,
            DeadLetters = options.MaxDeadLetters,
            Bytes = options.MaxQueuedTaskBytes,
            BytesPerOwner = OrgShare.Of(options, options.MaxQueuedTaskBytes),
        })
        {
            Dropped = Drop,
        };
        _timer = new(time, TakeTime);
        _journal = journal;
        _writer = journal is null ? null : new(journal, _lock, options, time, logger) { Advanced = GoOn, Lost = host.StopApplication };
        _lender = new(_book, _consumers, _writer, _timer, time);
        _intake = new(_book, _lender, journal, _writer, _timer, metrics, time);
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
            _intake.Restore(kept);
        }

        _writer.Start();
    }

    /// <summary>Takes a task, says its id, and gives it out where somebody has room.</summary>
    public void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            _intake.Enqueue(sender, task, rawId);
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
                _lender.Retire(consumer);
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
                _lender.Dispatch(ready.Queue);
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
                var now = _time.GetUtcNow();
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

                _lender.Dispatch(done.Queue);
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
                _lender.Return(task, undone.How);
                if (_writer is null)
                {
                    connection.Acknowledge(rawId, null);
                }
                else
                {
                    _writer.Append(new JournalEntry().For(connection, rawId));
                }

                _lender.Dispatch(undone.Queue);
                _lender.Dispatch(task.Queue);
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
                _lender.Dispatch(consumer.Queue);
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
                    _lender.Withdraw(task);
                }
                else
                {
                    _lender.Return(task, ConnectionEnded);
                }
            }

            _lender.DispatchAll();
        }
    }

    /// <summary>Takes no more tasks and gives none out; those held may still be settled.</summary>
    public void Drain()
    {
        lock (_lock)
        {
            _lender.IsDraining = true;
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
        TaskLender.LetGo(holder);
        return task;
    }

    /// <summary>A dead letter has made room for another.</summary>
    private void Drop(BookedTask letter)
    {
        Log.DeadLetterDropped(_logger, letter.Queue, letter.Id, _options.MaxDeadLetters);
        _metrics.DeadLetterDropped();
        _writer?.Append(new() { Change = StoredTasks.Ended(letter, _time.GetUtcNow()) });
    }

    // Under the gate of the journal's writer, which is the lock.
    private void GoOn() => _lender.GoOn();

    private void TakeTime()
    {
        lock (_lock)
        {
            _lender.TakeTime();
        }
    }
}
