namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>Changes to a <see cref="MemoryState"/>: the state itself stays as it is until <see cref="ToState"/> makes the next one.</summary>
internal sealed class MemoryTransaction(MemoryState state, Func<long> allocateId) : IWriteTransaction
{
    private readonly Dictionary<long, SortedTreeEdit<long, byte[]>> _records = [];
    private readonly Dictionary<long, SortedTreeEdit<IndexEntry, None>> _entries = [];
    private readonly List<Action> _undo = [];
    private MemoryState _state = state;

    public Catalogue Catalogue => _state.Catalogue;

    public long AllocateId() => allocateId();

    public long Count(CollectionDefinition collection) => Records(collection).Count;

    public byte[]? Find(CollectionDefinition collection, long recordId) =>
        Records(collection).TryFind(recordId, out var bytes) ? bytes : null;

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after, bool backward) =>
        MemoryView.Scan(Records(collection), after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        MemoryView.Scan(Entries(index), range, after, backward);

    public long? FindFirst(IndexDefinition index, byte[] key) => MemoryView.FindFirst(Entries(index), key);

    public void Save(CollectionDefinition collection)
    {
        var before = Catalogue.FindById(collection.Id);
        if (before is null) _state = _state with { Records = _state.Records.Add(collection.Id, SortedTree<long, byte[]>.Empty) };
        foreach (var index in before?.Indexes ?? [])
        {
            if (collection.Indexes.All(kept => kept.Id != index.Id)) Remove(index);
        }

        foreach (var index in collection.Indexes)
        {
            if (!_state.Entries.ContainsKey(index.Id))
                _state = _state with { Entries = _state.Entries.Add(index.Id, SortedTree<IndexEntry, None>.Empty) };
        }

        _state = _state with { Catalogue = Catalogue.With(collection) };
    }

    public void Drop(CollectionDefinition collection)
    {
        foreach (var index in collection.Indexes) Remove(index);
        _records.Remove(collection.Id);
        _state = _state with { Catalogue = Catalogue.Without(collection), Records = _state.Records.Remove(collection.Id) };
    }

    public long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document)
    {
        // A number from the engine, not "the last one plus one": a cursor that stands on a deleted record must not meet it again.
        var recordId = allocateId();
        EditRecords(collection).Set(recordId, document.ToArray());
        return recordId;
    }

    public void Replace(CollectionDefinition collection, long recordId, byte[] document) => EditRecords(collection).Set(recordId, document);

    public void Delete(CollectionDefinition collection, long recordId) => EditRecords(collection).Remove(recordId);

    public void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document) =>
        EditRecords(collection).Set(recordId, document.ToArray());

    public void Truncate(CollectionDefinition collection, long lastRecordId)
    {
        var cut = Scan(collection, null, backward: false).Select(stored => stored.RecordId).TakeWhile(recordId => recordId <= lastRecordId).ToList();
        foreach (var recordId in cut) EditRecords(collection).Remove(recordId);
    }

    public void AddEntry(IndexDefinition index, IndexEntry entry) => EditEntries(index).Set(entry, default);

    public void RemoveEntry(IndexDefinition index, IndexEntry entry) => EditEntries(index).Remove(entry);

    public void OnRollback(Action undo) => _undo.Add(undo);

    /// <summary>Tells everyone who asked that nothing of this transaction remains.</summary>
    public void Undo()
    {
        for (var i = _undo.Count - 1; i >= 0; i--) _undo[i]();
    }

    public void Dispose()
    {
    }

    /// <summary>The state with all changes.</summary>
    public MemoryState ToState()
    {
        var records = _state.Records;
        foreach (var (id, edit) in _records) records = records.SetItem(id, edit.ToTree());
        var entries = _state.Entries;
        foreach (var (id, edit) in _entries) entries = entries.SetItem(id, edit.ToTree());
        return _state with { Records = records, Entries = entries };
    }

    private SortedTree<long, byte[]> Records(CollectionDefinition collection) =>
        _records.TryGetValue(collection.Id, out var edit) ? edit.Peek() : _state.Records[collection.Id];

    private SortedTree<IndexEntry, None> Entries(IndexDefinition index) =>
        _entries.TryGetValue(index.Id, out var edit) ? edit.Peek() : _state.Entries[index.Id];

    private SortedTreeEdit<long, byte[]> EditRecords(CollectionDefinition collection)
    {
        if (!_records.TryGetValue(collection.Id, out var edit)) _records[collection.Id] = edit = _state.Records[collection.Id].Edit();
        return edit;
    }

    private SortedTreeEdit<IndexEntry, None> EditEntries(IndexDefinition index)
    {
        if (!_entries.TryGetValue(index.Id, out var edit)) _entries[index.Id] = edit = _state.Entries[index.Id].Edit();
        return edit;
    }

    private void Remove(IndexDefinition index)
    {
        _entries.Remove(index.Id);
        _state = _state with { Entries = _state.Entries.Remove(index.Id) };
    }
}
