using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// What an open transaction sees: its snapshot, with its own writes laid over it. They are kept in memory until it commits. Each write
/// first claims what it touches, and fails if that has changed since the snapshot. For one command at a time.
/// </summary>
internal sealed class TransactionOverlay(IReadView snapshot, WriteClaims claims) : IWriteTransaction
{
    // Above every number that storage gives, so that new records come last.
    private const long FirstOwnId = 1L << 62;

    private readonly Dictionary<long, SortedTreeEdit<long, byte[]?>> _records = [];
    private readonly Dictionary<long, SortedTreeEdit<IndexEntry, bool>> _entries = [];
    private readonly Dictionary<long, long> _counts = [];
    private readonly List<TransactionChange> _changes = [];
    private long _lastId = FirstOwnId;

    public Catalogue Catalogue { get; private set; } = snapshot.Catalogue;

    /// <summary>What is to be done at commit, in order.</summary>
    public IReadOnlyList<TransactionChange> Changes => _changes;

    public static bool IsOwn(long id) => id > FirstOwnId;

    public long AllocateId() => ++_lastId;

    public long Count(CollectionDefinition collection) => (IsOwn(collection.Id) ? 0 : snapshot.Count(collection)) + _counts.GetValueOrDefault(collection.Id);

    public byte[]? Find(CollectionDefinition collection, long recordId)
    {
        if (_records.TryGetValue(collection.Id, out var edit) && edit.Peek().TryFind(recordId, out var written)) return written;
        return IsOwn(recordId) || IsOwn(collection.Id) ? null : snapshot.Find(collection, recordId);
    }

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after = null, bool backward = false)
    {
        var stored = IsOwn(collection.Id) ? [] : snapshot.Scan(collection, after, backward);
        if (!_records.TryGetValue(collection.Id, out var edit)) return stored;
        var tree = edit.Peek();
        var written = backward ? tree.Below(after ?? long.MaxValue) : tree.From((after ?? 0) + 1);
        return Overlaid.Merge(stored, record => record.RecordId, written, backward, (id, bytes) => bytes is null ? (StoredDocument?)null : new StoredDocument(id, bytes));
    }

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after = null, bool backward = false)
    {
        var stored = IsOwn(index.Id) ? [] : snapshot.Scan(index, range, after, backward);
        if (!_entries.TryGetValue(index.Id, out var edit)) return stored;
        var tree = edit.Peek();
        var written = backward
            ? tree.Below(after ?? new IndexEntry(range.High, long.MinValue)).TakeWhile(item => item.Key.Key.AsSpan().SequenceCompareTo(range.Low) >= 0)
            : tree.From(after is { } last ? last with { RecordId = last.RecordId + 1 } : new IndexEntry(range.Low, long.MinValue))
                .TakeWhile(item => item.Key.Key.AsSpan().SequenceCompareTo(range.High) < 0);
        return Overlaid.Merge(stored, entry => entry, written, backward, (entry, added) => added ? entry : (IndexEntry?)null);
    }

    public void Save(CollectionDefinition collection)
    {
        var before = Catalogue.FindById(collection.Id);
        if (before is null)
        {
            _changes.Add(new TransactionChange.Create(collection));
        }
        else
        {
            foreach (var index in collection.Indexes.Where(index => before.Indexes.All(known => known.Id != index.Id)))
            {
                if (!IsOwn(collection.Id)) throw NotSupported("Cannot create new indexes on existing collection in a multi-document transaction.");
                _changes.Add(new TransactionChange.CreateIndex(collection, index));
            }

            if (before.Name != collection.Name || collection.Indexes.Length < before.Indexes.Length || !before.Options.Equals(collection.Options))
                throw NotSupported("Collections cannot be changed in a multi-document transaction.");
        }

        Catalogue = Catalogue.With(collection);
    }

    public void Drop(CollectionDefinition collection) => throw NotSupported("Collections cannot be dropped in a multi-document transaction.");

    public long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document)
    {
        var recordId = AllocateId();
        var bytes = document.ToArray();
        EditRecords(collection).Set(recordId, bytes);
        Add(collection, 1);
        _changes.Add(new TransactionChange.Insert(collection, recordId, bytes));
        return recordId;
    }

    public void Replace(CollectionDefinition collection, long recordId, byte[] document) =>
        Replace(collection, new RecordChange(new StoredDocument(recordId, Find(collection, recordId)!), document));

    public void Replace(CollectionDefinition collection, RecordChange change)
    {
        Claim(collection, change.Stored.RecordId);
        EditRecords(collection).Set(change.Stored.RecordId, change.Bytes);
        _changes.Add(new TransactionChange.Replace(collection, change));
    }

    public void Delete(CollectionDefinition collection, long recordId) => Delete(collection, new StoredDocument(recordId, Find(collection, recordId)!));

    public void Delete(CollectionDefinition collection, StoredDocument stored)
    {
        Claim(collection, stored.RecordId);
        EditRecords(collection).Set(stored.RecordId, null);
        Add(collection, -1);
        _changes.Add(new TransactionChange.Delete(collection, stored));
    }

    public void AddEntry(IndexDefinition index, IndexEntry entry)
    {
        if (index.IsUnique && !IsOwn(index.Id)) claims.Key(index, entry, other => HasRemoved(index, other));
        EditEntries(index).Set(entry, true);
    }

    public void RemoveEntry(IndexDefinition index, IndexEntry entry)
    {
        // A key given up must stay free for this transaction to take back.
        if (index.IsUnique && !IsOwn(index.Id)) claims.Key(index, entry, other => other.RecordId == entry.RecordId || HasRemoved(index, other));
        EditEntries(index).Set(entry, false);
    }

    public void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document) => throw NotSupported("Logs are not written in transactions.");

    public void Truncate(CollectionDefinition collection, long lastRecordId) => throw NotSupported("Logs are not written in transactions.");

    /// <summary>A statement that fails takes the whole transaction with it: there is nothing to undo.</summary>
    public void OnRollback(Action undo)
    {
    }

    /// <summary>The view is one of many in the life of the transaction, which itself closes the snapshot.</summary>
    public void Dispose()
    {
    }

    private static MongoCommandFailedException NotSupported(string message) => new(MongoErrorCode.OperationNotSupportedInTransaction, message);

    private bool HasRemoved(IndexDefinition index, IndexEntry entry) =>
        _entries.TryGetValue(index.Id, out var edit) && edit.Peek().TryFind(entry, out var added) && !added;

    private void Claim(CollectionDefinition collection, long recordId)
    {
        if (!IsOwn(recordId) && !IsOwn(collection.Id)) claims.Record(collection, recordId, () => snapshot.Find(collection, recordId));
    }

    private void Add(CollectionDefinition collection, long change) => _counts[collection.Id] = _counts.GetValueOrDefault(collection.Id) + change;

    private SortedTreeEdit<long, byte[]?> EditRecords(CollectionDefinition collection)
    {
        if (!_records.TryGetValue(collection.Id, out var edit)) _records[collection.Id] = edit = SortedTree<long, byte[]?>.Empty.Edit();
        return edit;
    }

    private SortedTreeEdit<IndexEntry, bool> EditEntries(IndexDefinition index)
    {
        if (!_entries.TryGetValue(index.Id, out var edit)) _entries[index.Id] = edit = SortedTree<IndexEntry, bool>.Empty.Edit();
        return edit;
    }
}
