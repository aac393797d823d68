using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Transactions;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>
/// A storage transaction that notes every change in the oplog: whoever changes documents or the catalogue need not think of it, and a
/// change and its entry cannot come apart.
/// </summary>
internal sealed class OplogTransaction(
    IWriteTransaction inner, OplogWriter writer, ClusterClock clock, WriteIntents intents, MultiDocumentTransaction? committed) : IWriteTransaction
{
    // A record grows no larger, but for the changes of a transaction, which stay together.
    private const long MaxRecordBytes = 1024 * 1024;

    private readonly List<OplogEntry> _catalogueChanges = [];
    private readonly List<byte[]> _entries = [];
    private readonly List<StatementResult> _results = [];
    private WriteOrigin? _origin = committed?.Origin;
    private OplogEntry? _inserted;
    private byte[] _insertedHead = [];
    private long _bytes;

    public Catalogue Catalogue => inner.Catalogue;

    /// <summary>The cluster time of the last change, or 0 if there was none.</summary>
    public long Last { get; private set; }

    public long Count(CollectionDefinition collection) => inner.Count(collection);

    public byte[]? Find(CollectionDefinition collection, long recordId) => inner.Find(collection, recordId);

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after = null, bool backward = false) => inner.Scan(collection, after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after = null, bool backward = false) =>
        inner.Scan(index, range, after, backward);

    public long? FindFirst(IndexDefinition index, byte[] key) => inner.FindFirst(index, key);

    public IEnumerable<IndexedDocument> ScanDocuments(
        CollectionDefinition collection, IndexDefinition index, KeyRange range, IndexEntry? after = null, bool backward = false) =>
        inner.ScanDocuments(collection, index, range, after, backward);

    public long AllocateId() => inner.AllocateId();

    public void Save(CollectionDefinition collection)
    {
        var before = Catalogue.FindById(collection.Id);
        if (before is not null && before.Name != collection.Name) CheckIntents(before);
        inner.Save(collection);
        CatalogueChanges.Note(_catalogueChanges, before, collection);
    }

    public void Drop(CollectionDefinition collection)
    {
        CheckIntents(collection);
        inner.Drop(collection);
        _catalogueChanges.Add(new OplogEntry { Type = OperationType.Drop, Name = collection.Name, Uuid = collection.Uuid });
    }

    public void DropDatabase(string database) =>
        _catalogueChanges.Add(new OplogEntry { Type = OperationType.DropDatabase, Name = new CollectionName(database, "") });

    public long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document)
    {
        var recordId = inner.Insert(collection, document);
        // Of many inserts all but the documents is the same.
        if (_inserted?.Name != collection.Name || _inserted.Uuid != collection.Uuid)
        {
            _inserted = new OplogEntry { Type = OperationType.Insert, Name = collection.Name, Uuid = collection.Uuid };
            _insertedHead = _inserted.Encode();
        }

        Add(RawDocument.Append(_insertedHead, (OplogEntry.DocumentField, document)));
        return recordId;
    }

    public void Replace(CollectionDefinition collection, long recordId, byte[] document)
    {
        var before = inner.Find(collection, recordId)!;
        Replace(collection, new RecordChange(new StoredDocument(recordId, before), document));
    }

    public void Replace(CollectionDefinition collection, RecordChange change)
    {
        intents.CheckRecord(collection.Id, change.Stored.RecordId, committed);
        inner.Replace(collection, change.Stored.RecordId, change.Bytes);
        var after = change.After ?? BsonBytes.Lazy(change.Bytes);
        var update = change.Update is { IsReplacement: false } operation
            ? UpdateDescription.Of(change.Before ?? BsonBytes.Decode(change.Stored.Bytes), after, operation.WholePaths)
            : null;
        var keepsImages = CatalogueChanges.KeepsImages(collection);
        var entry = new OplogEntry
        {
            Type = update is null ? OperationType.Replace : OperationType.Update,
            Name = collection.Name,
            Uuid = collection.Uuid,
            Id = update is null ? null : after["_id"],
            Update = update,
        };
        Add(entry.Encode(
            document: update is null ? change.Bytes : default,
            before: keepsImages ? change.Stored.Bytes : default,
            after: keepsImages && update is not null ? change.Bytes : default));
    }

    public void Delete(CollectionDefinition collection, long recordId) =>
        Delete(collection, new StoredDocument(recordId, inner.Find(collection, recordId)!));

    public void Delete(CollectionDefinition collection, StoredDocument stored)
    {
        intents.CheckRecord(collection.Id, stored.RecordId, committed);
        inner.Delete(collection, stored.RecordId);
        BsonBytes.TryFind(stored.Bytes, "_id"u8, out var id);
        var entry = new OplogEntry { Type = OperationType.Delete, Name = collection.Name, Uuid = collection.Uuid, Id = BsonBytes.ReadValue(stored.Bytes, id) };
        Add(entry.Encode(before: CatalogueChanges.KeepsImages(collection) ? stored.Bytes : default));
    }

    public void AddEntry(IndexDefinition index, IndexEntry entry)
    {
        if (index.IsUnique) intents.CheckKey(index.Id, entry.Key, committed);
        inner.AddEntry(index, entry);
    }

    public void RemoveEntry(IndexDefinition index, IndexEntry entry) => inner.RemoveEntry(index, entry);

    public void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document) => inner.Append(collection, recordId, document);

    public void Truncate(CollectionDefinition collection, long lastRecordId) => inner.Truncate(collection, lastRecordId);

    public void KeepResult(StatementResult result)
    {
        _origin = result.Origin;
        _results.Add(result);
    }

    public void OnRollback(Action undo) => inner.OnRollback(undo);

    public void Dispose()
    {
    }

    /// <summary>Writes what was noted; to be called when the work is done.</summary>
    public void Complete()
    {
        TakeCatalogueChanges();
        // A write that changed nothing may be done again: it is not worth a record.
        if (_entries.Count > 0 || (_results.Count > 0 && Last != 0)) Flush();
    }

    private void Add(byte[] entry)
    {
        TakeCatalogueChanges();
        AddBytes(entry);
        if (_bytes > MaxRecordBytes && _origin is not { IsTransaction: true }) Flush();
    }

    // They wait for what follows: a rename over another collection is one change, not a drop and a rename.
    private void TakeCatalogueChanges()
    {
        foreach (var change in _catalogueChanges) AddBytes(change.Encode());
        _catalogueChanges.Clear();
    }

    private void AddBytes(byte[] entry)
    {
        _entries.Add(entry);
        _bytes += entry.Length;
    }

    private void CheckIntents(CollectionDefinition collection) => intents.CheckCollection(collection.Id, collection.Indexes.Select(index => index.Id));

    private void Flush()
    {
        var ticks = _origin is { IsTransaction: true } ? 1 : Math.Max(1, _entries.Count);
        var first = clock.Reserve(ticks, begins: Last == 0);
        Last = first + ticks - 1;
        writer.Append(inner, first, Last, _origin, _entries, _results);
        _entries.Clear();
        _results.Clear();
        _bytes = 0;
    }
}
