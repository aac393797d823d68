using System.Collections.Concurrent;

namespace Promethean.Broker.Server.Tests;

/// <summary>What a journal has kept: it outlives the brokers that write to it.</summary>
internal sealed class JournalStore
{
    private readonly ConcurrentDictionary<string, StoredTask> _tasks = new();

    public ICollection<StoredTask> Tasks => _tasks.Values;

    public IEnumerable<StoredTask> Live => _tasks.Values.Where(task => task.DoneAt is null);

    public void Apply(TaskChange change)
    {
        if (!change.IsNew && !_tasks.ContainsKey(change.Task.Id))
        {
            throw new InvalidOperationException($"'{change.Task.Id}' is changed and was never added.");
        }

        _tasks[change.Task.Id] = change.Task;
    }
}
