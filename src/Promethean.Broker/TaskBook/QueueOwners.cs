using System.Numerics;

namespace Promethean.Broker;

/// <summary>Who has tasks in how many queues, and how large they are.</summary>
internal sealed class QueueOwners
{
    private readonly Dictionary<(string Owner, string Queue), int> _tasks = [];
    private readonly Dictionary<string, int> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>Queues in which the owner has a task.</summary>
    public int QueuesOf(string owner) => _queues.GetValueOrDefault(owner);

    /// <summary>What the owner's tasks take of memory.</summary>
    public long BytesOf(string owner) => _bytes.GetValueOrDefault(owner);

    /// <summary>Whether the owner has a task in that queue.</summary>
    public bool IsIn(string owner, string queue) => _tasks.ContainsKey((owner, queue));

    /// <summary>A task has come to its queue.</summary>
    public void Add(BookedTask task)
    {
        if (task.Owner is not { } owner)
        {
            return;
        }

        Count(_bytes, owner, task.Size);
        if (Count(_tasks, (owner, task.Queue), 1) == 1)
        {
            Count(_queues, owner, 1);
        }
    }

    /// <summary>A task leaves its queue.</summary>
    public void Remove(BookedTask task)
    {
        if (task.Owner is not { } owner)
        {
            return;
        }

        Count(_bytes, owner, -task.Size);
        if (Count(_tasks, (owner, task.Queue), -1) == 0)
        {
            Count(_queues, owner, -1);
        }
    }

    private static TNumber Count<TKey, TNumber>(Dictionary<TKey, TNumber> counts, TKey key, TNumber change)
        where TKey : notnull
        where TNumber : struct, INumber<TNumber>
    {
        var count = counts.GetValueOrDefault(key) + change;
        if (TNumber.IsZero(count))
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }

        return count;
    }
}
