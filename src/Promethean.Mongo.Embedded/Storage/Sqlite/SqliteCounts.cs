namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>How many documents collections have, as the writer knows it: written to the file once for each group, not for each document.</summary>
internal sealed class SqliteCounts(SqliteHandle handle)
{
    private readonly Dictionary<long, long> _counts = [];
    private readonly HashSet<long> _changed = [];
    private readonly Dictionary<long, long> _before = [];

    public long Of(CollectionDefinition collection)
    {
        if (_counts.TryGetValue(collection.Id, out var known)) return known;
        return _counts[collection.Id] = SqliteTables.Count(handle, collection);
    }

    public void Add(CollectionDefinition collection, long change)
    {
        var count = Of(collection);
        if (_before.TryAdd(collection.Id, count)) _changed.Add(collection.Id);
        _counts[collection.Id] = count + change;
    }

    /// <summary>Forgets a dropped collection.</summary>
    public void Remove(CollectionDefinition collection)
    {
        _before.TryAdd(collection.Id, Of(collection));
        _counts.Remove(collection.Id);
    }

    /// <summary>What follows can be taken back by <see cref="RollbackWork"/>.</summary>
    public void BeginWork() => _before.Clear();

    public void RollbackWork()
    {
        foreach (var (id, count) in _before) _counts[id] = count;
    }

    /// <summary>Writes what has changed.</summary>
    public void Save()
    {
        foreach (var id in _changed)
        {
            // The count of a collection that was dropped went with it.
            if (_counts.TryGetValue(id, out var count)) handle.Prepare("UPDATE collections SET count = ?2 WHERE id = ?1").Bind(1, id).Bind(2, count).Run();
        }
    }

    /// <summary>The group is over: what was changed in it is in the file, or, if it was lost, is read from there again.</summary>
    public void EndGroup(bool committed)
    {
        _changed.Clear();
        if (!committed) _counts.Clear();
    }
}
