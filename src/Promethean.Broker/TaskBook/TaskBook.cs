using System.Globalization;

namespace Promethean.Broker;

/// <summary>What a broker's queues hold, and the rules by which tasks come and go.</summary>
/// <remarks>Knows no clock, no lock and no connection: whoever keeps it brings the time, holds a lock around each call and says who
/// holds what by any object that stands for the consumer.</remarks>
/// <param name="idPrefix">Begins every task's id.</param>
/// <param name="capacity">Tasks per queue, waiting and held.</param>
/// <param name="maxQueues">Queues at once; one more is refused. An empty queue is none.</param>
/// <param name="maxAttempts">Attempts of a task that does not say.</param>
/// <param name="dedupeWindow">How long the name of a task that is done is remembered.</param>
internal sealed class TaskBook(string idPrefix, int capacity, int maxQueues, int maxAttempts, TimeSpan dedupeWindow)
{
    private readonly Dictionary<string, TaskShelf> _shelves = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Queue, string DedupeId), string> _names = [];
    private readonly Queue<(DateTimeOffset Until, (string Queue, string DedupeId) Name)> _fading = new();
    private long _lastSequence;

    public IReadOnlyDictionary<string, TaskShelf> Shelves => _shelves;

    /// <summary>When something next changes by itself; null for never.</summary>
    public DateTimeOffset? NextDue => _shelves.Values.Min(shelf => shelf.NextDue);

    /// <summary>Adds a task, or finds the one whose name it repeats.</summary>
    /// <exception cref="BrokerException">The queue is full.</exception>
    public EnqueueResult Add(string queue, JsonPayload payload, EnqueueOptions options, DateTimeOffset now)
    {
        Forget(now);
        if (options.DedupeId is { } name && _names.TryGetValue((queue, name), out var known))
        {
            return new(known, IsDuplicate: true);
        }

        CheckRoom(queue);

        var sequence = ++_lastSequence;
        var task = new BookedTask(string.Create(CultureInfo.InvariantCulture, $"{idPrefix}{sequence}"), sequence, payload, now)
        {
            Queue = queue,
            Headers = options.Headers.Count == 0 ? options.Headers : new Dictionary<string, string>(options.Headers),
            DedupeId = options.DedupeId,
            MaxAttempts = options.MaxAttempts ?? maxAttempts,
        };
        if (task.DedupeId is not null)
        {
            _names[(queue, task.DedupeId)] = task.Id;
        }

        Shelf(queue).Put(task, now + options.Delay, now);
        return new(task.Id, IsDuplicate: false);
    }

    /// <summary>Lets those be given out whose delay has passed, over all queues.</summary>
    public void Ripen(DateTimeOffset now)
    {
        foreach (var shelf in _shelves.Values)
        {
            shelf.Ripen(now);
        }
    }

    /// <summary>Gives out the oldest task that may be; null where there is none.</summary>
    public BookedTask? Take(string queue, object holder, TimeSpan lease, DateTimeOffset now) =>
        _shelves.GetValueOrDefault(queue)?.Take(holder, lease, now);

    /// <summary>The task, where this holder has it.</summary>
    public BookedTask? Held(string queue, string taskId, object holder) =>
        _shelves.GetValueOrDefault(queue)?.Find(taskId) is { } task && task.Holder == holder ? task : null;

    public IReadOnlyList<BookedTask> HeldBy(object holder) =>
        [.. _shelves.Values.SelectMany(shelf => shelf.Leased).Where(task => task.Holder == holder)];

    /// <summary>A held task is done.</summary>
    public void Complete(BookedTask task, DateTimeOffset now)
    {
        Shelf(task.Queue).Remove(task);
        Fade(task, now);
        Tidy(task.Queue);
    }

    /// <summary>A held task comes back: to its old place, or, after its last attempt or where that is asked, to the dead letters.</summary>
    /// <returns>Whether it is dead; its <see cref="BookedTask.Queue"/> is then the one of the dead letters.</returns>
    public bool Return(BookedTask task, NackOptions how, DateTimeOffset now)
    {
        Shelf(task.Queue).Remove(task);
        var dies = !QueueName.IsDeadLetters(task.Queue) && (how.DeadLetter || task.Attempts >= task.MaxAttempts);
        if (dies)
        {
            Bury(task, how.Reason ?? $"not done after {task.Attempts} attempts", now);
        }
        else
        {
            Shelf(task.Queue).Put(task, now + how.Delay, now);
        }

        return dies;
    }

    /// <summary>Tasks whose lease has run out, over all queues; they are still held.</summary>
    public IReadOnlyList<BookedTask> Expired(DateTimeOffset now) => [.. _shelves.Values.SelectMany(shelf => shelf.Expired(now))];

    private void CheckRoom(string queue)
    {
        if (!_shelves.TryGetValue(queue, out var shelf))
        {
            if (_shelves.Count >= maxQueues)
            {
                throw new BrokerException(BrokerErrorCode.Overloaded, $"The broker has {maxQueues} queues already; '{queue}' would be one more.", TimeSpan.FromSeconds(1));
            }
        }
        else if (shelf.Count >= capacity)
        {
            throw new BrokerException(BrokerErrorCode.Overloaded, $"The queue '{queue}' holds {capacity} tasks already.", TimeSpan.FromSeconds(1));
        }
    }

    private TaskShelf Shelf(string queue)
    {
        if (!_shelves.TryGetValue(queue, out var shelf))
        {
            _shelves[queue] = shelf = new();
        }

        return shelf;
    }

    private void Bury(BookedTask task, string reason, DateTimeOffset now)
    {
        var from = task.Queue;
        Fade(task, now);
        task.Headers = new Dictionary<string, string>(task.Headers)
        {
            [QueueName.DeadLetterQueueHeader] = from,
            [QueueName.DeadLetterReasonHeader] = reason.Length > QueueLimits.MaxReasonLength ? reason[..QueueLimits.MaxReasonLength] : reason,
            [QueueName.DeadLetterAttemptsHeader] = task.Attempts.ToString(CultureInfo.InvariantCulture),
        };
        task.Queue = QueueName.DeadLetters(from);
        task.Attempts = 0;
        // A full queue of dead letters, or one queue too many, takes it all the same: nothing that was accepted is thrown away.
        Shelf(task.Queue).Put(task, now, now);
        Tidy(from);
    }

    private void Fade(BookedTask task, DateTimeOffset now)
    {
        if (task.DedupeId is not null)
        {
            _fading.Enqueue((now + dedupeWindow, (task.Queue, task.DedupeId)));
            // Once: it may end a second time, as a dead letter.
            task.DedupeId = null;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_fading.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _names.Remove(_fading.Dequeue().Name);
        }
    }

    private void Tidy(string queue)
    {
        if (_shelves.TryGetValue(queue, out var shelf) && shelf.Count == 0)
        {
            _shelves.Remove(queue);
        }
    }
}
