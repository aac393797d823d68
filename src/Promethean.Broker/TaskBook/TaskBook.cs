using System.Globalization;

namespace Promethean.Broker;

/// <summary>What a broker's queues hold, and the rules by which tasks come and go.</summary>
/// <remarks>Knows no clock, no lock and no connection: whoever keeps it brings the time, holds a lock around each call and says who
/// holds what by any object that stands for the consumer.</remarks>
/// <param name="idPrefix">Begins every task's id.</param>
/// <param name="limits">What is held at most.</param>
internal sealed class TaskBook(string idPrefix, TaskBookLimits limits)
{
    private readonly Dictionary<string, TaskShelf> _shelves = new(StringComparer.Ordinal);
    private readonly Dictionary<TaskName, string> _names = [];
    private readonly QueueOwners _owners = new();
    private readonly Queue<(DateTimeOffset Until, TaskName Name)> _fading = new();
    private long _lastSequence;

    /// <summary>Hears of dead letters that made room for others.</summary>
    public Action<BookedTask>? Dropped { get; init; }

    public IReadOnlyDictionary<string, TaskShelf> Shelves => _shelves;

    /// <summary>What all tasks together are reckoned to take of memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>When something next changes by itself; null for never.</summary>
    public DateTimeOffset? NextDue => _shelves.Values.Min(shelf => shelf.NextDue);

    /// <summary>Adds a task, or finds the one whose name it repeats.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="options">How it is enqueued.</param>
    /// <param name="now">The time.</param>
    /// <param name="isOnTheWay">Whether it may be given out only after <see cref="Arrive"/>.</param>
    /// <param name="owner">Whose it is, where owners have shares.</param>
    /// <exception cref="BrokerException">The queue is full.</exception>
    public EnqueueResult Add(string queue, JsonPayload payload, EnqueueOptions options, DateTimeOffset now, bool isOnTheWay = false, string? owner = null)
    {
        Forget(now);
        var name = options.DedupeId is { } dedupeId ? new TaskName(queue, dedupeId) : default(TaskName?);
        if (name is { } repeated && _names.TryGetValue(repeated, out var known))
        {
            return new(known, IsDuplicate: true);
        }

        CheckRoom(queue, owner);

        var sequence = ++_lastSequence;
        var task = new BookedTask(string.Create(CultureInfo.InvariantCulture, $"{idPrefix}{sequence}"), sequence, payload, now)
        {
            Queue = queue,
            Headers = options.Headers.Count == 0 ? options.Headers : new Dictionary<string, string>(options.Headers),
            Name = name,
            Owner = owner,
            MaxAttempts = options.MaxAttempts ?? limits.Attempts,
            IsOnTheWay = isOnTheWay,
            Due = now + options.Delay,
        };
        Bytes += task.Size;
        _owners.Add(task);
        if (name is { } own)
        {
            _names[own] = task.Id;
        }

        if (isOnTheWay)
        {
            Shelf(queue).Announce(task);
        }
        else
        {
            Shelf(queue).Put(task, task.Due, now);
        }

        return new(task.Id, IsDuplicate: false);
    }

    /// <summary>A task that was on the way to its queue is there.</summary>
    public void Arrive(BookedTask task, DateTimeOffset now) => Shelf(task.Queue).Put(task, task.Due, now);

    /// <summary>Takes in a task of an earlier time.</summary>
    public void Restore(BookedTask task, DateTimeOffset now)
    {
        Bytes += task.Size;
        _lastSequence = Math.Max(_lastSequence, task.Sequence);
        if (task is { Name: { } name, FadesAt: null })
        {
            _names[name] = task.Id;
        }

        Shelf(task.Queue).Put(task, task.Due, now);
    }

    /// <summary>Takes in the name of a task that ended at an earlier time. Names come in the order in which they fade, and before the
    /// tasks.</summary>
    public void Restore(TaskName name, string taskId, DateTimeOffset until)
    {
        _names[name] = taskId;
        _fading.Enqueue((until, name));
    }

    /// <summary>Lets those be given out whose delay has passed, over all queues.</summary>
    public void Ripen(DateTimeOffset now)
    {
        Forget(now);
        foreach (var shelf in _shelves.Values)
        {
            shelf.Ripen(now);
        }
    }

    /// <summary>Gives out the oldest task that may be; null where there is none.</summary>
    public BookedTask? Take(string queue, object holder, TimeSpan lease, DateTimeOffset now) =>
        _shelves.GetValueOrDefault(queue)?.Take(holder, lease, now);

    /// <summary>Sets the oldest task that may be given out on its way to a holder: it is the holder's and no lease runs until
    /// <see cref="Lend"/>. Null where there is none.</summary>
    public BookedTask? Promise(string queue, object holder, DateTimeOffset now) => _shelves.GetValueOrDefault(queue)?.Promise(holder, now);

    /// <summary>A promised task is in its holder's hands, and the lease begins.</summary>
    public void Lend(BookedTask task, TimeSpan lease, DateTimeOffset now) => Shelf(task.Queue).Lend(task, now + lease);

    /// <summary>A promised task never reached its holder: it is back in its place as if it had not been given out.</summary>
    public void Withdraw(BookedTask task, DateTimeOffset now)
    {
        task.Attempts--;
        Shelf(task.Queue).Put(task, now, now);
    }

    /// <summary>The task of a queue; null where it is not there.</summary>
    public BookedTask? Find(string queue, string taskId) => _shelves.GetValueOrDefault(queue)?.Find(taskId);

    /// <summary>The task, where this holder has it.</summary>
    public BookedTask? Held(string queue, string taskId, object holder) =>
        Find(queue, taskId) is { } task && task.Holder == holder ? task : null;

    public IReadOnlyList<BookedTask> HeldBy(object holder) =>
        [.. _shelves.Values.SelectMany(shelf => shelf.Leased).Where(task => task.Holder == holder)];

    /// <summary>A held task is done.</summary>
    public void Complete(BookedTask task, DateTimeOffset now)
    {
        Remove(task);
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

    private void CheckRoom(string queue, string? owner)
    {
        if (!_shelves.TryGetValue(queue, out var shelf))
        {
            if (_shelves.Count >= limits.Queues)
            {
                throw Full($"The broker has {limits.Queues} queues already; '{queue}' would be one more.");
            }
        }
        else if (shelf.Count >= limits.Tasks)
        {
            throw Full($"The queue '{queue}' holds {limits.Tasks} tasks already.");
        }

        if (owner is not null && !_owners.IsIn(owner, queue) && _owners.QueuesOf(owner) >= limits.QueuesPerOwner)
        {
            throw Full($"The organisation has tasks in {limits.QueuesPerOwner} queues already; '{queue}' would be one more.");
        }

        if (Bytes >= limits.Bytes)
        {
            throw Full($"The broker's queues hold {limits.Bytes} bytes of tasks already.");
        }

        if (owner is not null && _owners.BytesOf(owner) >= limits.BytesPerOwner)
        {
            throw Full($"The organisation has {limits.BytesPerOwner} bytes of tasks in queues already.");
        }
    }

    private static BrokerException Full(string message) => new(BrokerErrorCode.Overloaded, message, TimeSpan.FromSeconds(1));

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
        Bytes -= task.Size;
        _owners.Remove(task);
        task.Headers = task.DeadLetterHeaders(reason);
        Bytes += task.Size;
        task.Queue = QueueName.DeadLetters(from);
        _owners.Add(task);
        task.Attempts = 0;
        // A full broker, or one queue too many, takes it all the same: it was accepted, and may at most cost an older dead letter.
        var letters = Shelf(task.Queue);
        while (letters.Count >= limits.DeadLetters && letters.Oldest is { } oldest)
        {
            Remove(oldest);
            Fade(oldest, now);
            Dropped?.Invoke(oldest);
        }

        letters.Put(task, now, now);
        Tidy(from);
    }

    private void Remove(BookedTask task)
    {
        Shelf(task.Queue).Remove(task);
        _owners.Remove(task);
        Bytes -= task.Size;
    }

    private void Fade(BookedTask task, DateTimeOffset now)
    {
        // Once: it may end a second time, as a dead letter.
        if (task is { Name: { } name, FadesAt: null })
        {
            task.FadesAt = now + limits.DedupeWindow;
            _fading.Enqueue((now + limits.DedupeWindow, name));
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_fading.TryPeek(out var oldest) && (oldest.Until <= now || _fading.Count > limits.Names))
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
