namespace Promethean.Broker;

/// <summary>The tasks of one queue: those that can be given out, oldest first, those held back and those given out.</summary>
internal sealed class TaskShelf
{
    private static readonly Comparer<BookedTask> ByAge = Comparer<BookedTask>.Create((one, other) => one.Sequence.CompareTo(other.Sequence));
    private static readonly Comparer<BookedTask> Soonest = Comparer<BookedTask>.Create((one, other) =>
        one.Due != other.Due ? one.Due.CompareTo(other.Due) : one.Sequence.CompareTo(other.Sequence));

    private readonly SortedSet<BookedTask> _ready = new(ByAge);
    private readonly SortedSet<BookedTask> _delayed = new(Soonest);
    private readonly SortedSet<BookedTask> _leased = new(Soonest);
    private readonly Dictionary<string, BookedTask> _byId = [];

    public int Count => _byId.Count;

    public int Ready => _ready.Count;

    public int Held => _leased.Count;

    public int Delayed => _delayed.Count;

    public IEnumerable<BookedTask> Leased => _leased;

    /// <summary>The one that waits longest, held back or not; null where none waits.</summary>
    public BookedTask? Oldest => (_ready.Min, _delayed.Min) switch
    {
        (null, null) => null,
        (null, _) => _delayed.MinBy(task => task.Sequence),
        var (ready, _) => ready,
    };

    /// <summary>When something here next changes by itself; null for never.</summary>
    public DateTimeOffset? NextDue => (_delayed.Min, _leased.Min) switch
    {
        (null, null) => null,
        (null, { } lease) => lease.Due,
        ({ } delayed, null) => delayed.Due,
        var (delayed, lease) => delayed.Due < lease.Due ? delayed.Due : lease.Due,
    };

    public void Put(BookedTask task, DateTimeOffset due, DateTimeOffset now)
    {
        _byId[task.Id] = task;
        task.Holder = null;
        task.IsOnTheWay = false;
        task.Due = due;
        (due > now ? _delayed : _ready).Add(task);
    }

    /// <summary>Counts a task that is not to be given out yet.</summary>
    public void Announce(BookedTask task) => _byId[task.Id] = task;

    public BookedTask? Take(object holder, TimeSpan lease, DateTimeOffset now)
    {
        var task = Promise(holder, now);
        if (task is not null)
        {
            Lend(task, now + lease);
        }

        return task;
    }

    /// <summary>Takes the oldest out for a holder, without a lease yet.</summary>
    public BookedTask? Promise(object holder, DateTimeOffset now)
    {
        Ripen(now);
        if (_ready.Min is not { } task)
        {
            return null;
        }

        _ready.Remove(task);
        task.Attempts++;
        task.Holder = holder;
        task.IsOnTheWay = true;
        return task;
    }

    public void Lend(BookedTask task, DateTimeOffset until)
    {
        task.IsOnTheWay = false;
        task.Due = until;
        _leased.Add(task);
    }

    public BookedTask? Find(string id) => _byId.GetValueOrDefault(id);

    public void Remove(BookedTask task)
    {
        _byId.Remove(task.Id);
        // Each set compares by what the task says now, which has not changed since it was put there.
        _ = _leased.Remove(task) || _delayed.Remove(task) || _ready.Remove(task);
    }

    /// <summary>Those whose lease has run out.</summary>
    public IReadOnlyList<BookedTask> Expired(DateTimeOffset now) => [.. _leased.TakeWhile(task => task.Due <= now)];

    /// <summary>Lets those be given out whose delay has passed.</summary>
    public void Ripen(DateTimeOffset now)
    {
        while (_delayed.Min is { } task && task.Due <= now)
        {
            _delayed.Remove(task);
            _ready.Add(task);
        }
    }
}
