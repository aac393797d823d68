namespace Promethean.Broker.Server;

/// <summary>Entries that are written together, oldest first.</summary>
internal sealed class JournalBatch
{
    private const int MaxEntries = 1000;
    private const long MaxBytes = 8 * 1024 * 1024;

    private readonly List<TaskChange> _changes = [];
    private readonly Dictionary<string, int> _places = [];
    private long _bytes;

    /// <summary>All entries, those without a change included.</summary>
    public List<JournalEntry> Entries { get; } = [];

    /// <summary>One change for each task: the last, which says all that those before it said.</summary>
    public IReadOnlyList<TaskChange> Changes => _changes;

    /// <summary>Whether there is room for one more; a payload of any size finds room in an empty one.</summary>
    public bool HasRoom => Entries.Count < MaxEntries && _bytes < MaxBytes;

    public void Add(JournalEntry entry)
    {
        Entries.Add(entry);
        if (entry.Change is not { } change)
        {
            return;
        }

        if (_places.TryGetValue(change.Task.Id, out var place))
        {
            _changes[place] = change with { IsNew = _changes[place].IsNew };
        }
        else
        {
            _places[change.Task.Id] = _changes.Count;
            _changes.Add(change);
            _bytes += change.IsNew ? change.Task.Payload.Utf8.Length : 0;
        }
    }
}
