namespace Promethean.Broker.Server;

/// <summary>One action: its workers, and the tasks that wait for one, by priority and then by age; under the dispatcher's lock.</summary>
internal sealed class ActionQueue
{
    private static readonly Comparer<WorkTask> Order = Comparer<WorkTask>.Create((left, right) =>
        left.Priority != right.Priority ? right.Priority.CompareTo(left.Priority) : left.Sequence.CompareTo(right.Sequence));

    private readonly SortedSet<WorkTask> _waiting = new(Order);
    private readonly Dictionary<Tenant, int> _waitingOf = [];
    private TimeSpan _usualDuration = TimeSpan.FromSeconds(1);

    public List<WorkerRegistration> Workers { get; } = [];

    public int Waiting => _waiting.Count;

    public WorkTask? Next => _waiting.Min;

    /// <summary>What waits, the most urgent first.</summary>
    public IEnumerable<WorkTask> Tasks => _waiting;

    /// <summary>How many of an organisation's wait.</summary>
    public int WaitingOf(Tenant tenant) => _waitingOf.GetValueOrDefault(tenant);

    public void Add(WorkTask task)
    {
        _waiting.Add(task);
        _waitingOf[task.Caller.Tenant] = WaitingOf(task.Caller.Tenant) + 1;
    }

    public bool Remove(WorkTask task)
    {
        if (!_waiting.Remove(task))
        {
            return false;
        }

        var tenant = task.Caller.Tenant;
        if (WaitingOf(tenant) == 1)
        {
            _waitingOf.Remove(tenant);
        }
        else
        {
            _waitingOf[tenant]--;
        }

        return true;
    }

    /// <summary>The worker with most room, and of those the one that has waited longest; null when all are busy.</summary>
    public WorkerRegistration? FreeWorker() =>
        Workers.Where(worker => worker.IsFree).MinBy(worker => (-worker.Free, worker.LastAssigned));

    /// <summary>Learns how long a task takes, newer ones counting more.</summary>
    public void Learn(TimeSpan duration) => _usualDuration = (_usualDuration * 0.8) + (duration * 0.2);

    /// <summary>When a task that finds the queue full may find room: the time its workers need for what waits.</summary>
    public TimeSpan RetryAfter()
    {
        var places = Math.Max(1, Workers.Sum(worker => worker.Credit));
        var milliseconds = _usualDuration.TotalMilliseconds * Waiting / places;
        return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(milliseconds, 100, 30_000)));
    }

    /// <summary>Which of two tasks is to go first.</summary>
    public static WorkTask? First(WorkTask? left, WorkTask? right) =>
        left is null ? right : right is null || Order.Compare(left, right) <= 0 ? left : right;
}
