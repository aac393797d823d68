using System.Collections.Concurrent;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>The commands being carried out now, each under a number. Safe for any number of threads.</summary>
internal sealed class RunningOperations
{
    private readonly ConcurrentDictionary<int, CommandContext> _running = new();
    private int _last;

    /// <summary>The commands with their numbers, the oldest first.</summary>
    public IEnumerable<KeyValuePair<int, CommandContext>> All => _running.OrderBy(operation => operation.Key);

    /// <summary>Notes a command; returns the number to <see cref="Remove"/> it by.</summary>
    public int Add(CommandContext context)
    {
        var id = Interlocked.Increment(ref _last);
        _running[id] = context;
        return id;
    }

    public void Remove(int id) => _running.TryRemove(id, out _);

    /// <summary>Asks a command to stop at the next document; nothing happens if it is done already.</summary>
    public void Kill(int id)
    {
        if (_running.TryGetValue(id, out var context)) context.Interruption.Kill();
    }
}
