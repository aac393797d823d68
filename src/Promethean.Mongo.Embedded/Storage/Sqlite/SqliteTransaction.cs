using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// The writer's connection and what it knows beside the file. Several units of work share one SQLite transaction (group commit);
/// each is a savepoint within it. Used by one writer at a time.
/// </summary>
internal sealed class SqliteTransaction(SqliteHandle handle, Catalogue catalogue) : IWriteTransaction
{
    private readonly List<Action> _undo = [];
    private readonly SqliteCounts _counts = new(handle);
    private readonly GreatestKeys _greatest = new(handle);
    private Catalogue _committed = catalogue;
    private long _firstId;
    private long _lastId;
    private (Catalogue Catalogue, int Undo) _savepoint;

    public Catalogue Catalogue { get; private set; } = catalogue;

    /// <summary>Opens the group.</summary>
    public void Begin()
    {
        handle.Execute("BEGIN IMMEDIATE");
        _firstId = _lastId = handle.Read("SELECT value FROM meta WHERE name = 'ids'");
    }

    /// <summary>Begins one unit of work.</summary>
    public void BeginWork()
    {
        handle.Execute("SAVEPOINT work");
        _counts.BeginWork();
        _savepoint = (Catalogue, _undo.Count);
    }

    public void EndWork() => handle.Execute("RELEASE work");

    /// <summary>Takes back one unit of work; false if SQLite had to take back the whole group.</summary>
    public bool RollbackWork()
    {
        if (handle.IsIdle) return false;
        handle.Execute("ROLLBACK TO work");
        handle.Execute("RELEASE work");
        _counts.RollbackWork();
        _greatest.Clear();
        (Catalogue, var undone) = _savepoint;
        for (var i = _undo.Count - 1; i >= undone; i--) _undo[i]();
        _undo.RemoveRange(undone, _undo.Count - undone);
        return true;
    }

    /// <summary>Makes the group durable; returns the catalogue it leaves.</summary>
    public Catalogue Commit()
    {
        _counts.Save();
        if (_lastId != _firstId) handle.Prepare("UPDATE meta SET value = ?1 WHERE name = 'ids'").Bind(1, _lastId).Run();
        if (Catalogue != _committed)
            handle.Prepare("UPDATE meta SET value = ?1 WHERE name = 'catalogue'").Bind(1, Catalogue.Version).Run();
        handle.Execute("COMMIT");
        _counts.EndGroup(committed: true);
        _undo.Clear();
        return _committed = Catalogue;
    }

    /// <summary>Takes back the whole group.</summary>
    public void Rollback()
    {
        if (!handle.IsIdle) handle.Execute("ROLLBACK");
        Catalogue = _committed;
        _counts.EndGroup(committed: false);
        _greatest.Clear();
        for (var i = _undo.Count - 1; i >= 0; i--) _undo[i]();
        _undo.Clear();
    }

    public long AllocateId() => ++_lastId;

    public long Count(CollectionDefinition collection) => _counts.Of(collection);

    public byte[]? Find(CollectionDefinition collection, long recordId) => SqliteTables.Find(handle, collection, recordId);

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after, bool backward) =>
        SqliteTables.Scan(handle, collection, after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        SqliteTables.Scan(handle, index, range, after, backward);

    public long? FindFirst(IndexDefinition index, byte[] key) => _greatest.IsBeyond(index, key) ? null : SqliteTables.FindFirst(handle, index, key);

    public IEnumerable<IndexedDocument> ScanDocuments(
        CollectionDefinition collection, IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        SqliteTables.ScanDocuments(handle, collection, index, range, after, backward);

    public void Save(CollectionDefinition collection)
    {
        var before = Catalogue.FindById(collection.Id);
        if (before is null) handle.Execute(new("CREATE TABLE records_#(id INTEGER PRIMARY KEY, document BLOB NOT NULL)", collection.Id));
        foreach (var index in before?.Indexes ?? [])
        {
            if (collection.Indexes.All(kept => kept.Id != index.Id)) DropTable(index);
        }

        foreach (var index in collection.Indexes)
        {
            if (before?.Indexes.Any(known => known.Id == index.Id) != true)
                handle.Execute(new("CREATE TABLE entries_#(key BLOB, record INTEGER, PRIMARY KEY(key, record)) WITHOUT ROWID", index.Id));
        }

        handle.Prepare(
                "INSERT INTO collections(id, definition, count) VALUES(?1, ?2, 0) ON CONFLICT(id) DO UPDATE SET definition = excluded.definition")
            .Bind(1, collection.Id)
            .Bind(2, BsonBytes.Encode(collection.ToBson()))
            .Run();
        Catalogue = Catalogue.With(collection);
    }

    public void Drop(CollectionDefinition collection)
    {
        foreach (var index in collection.Indexes) DropTable(index);
        handle.Execute(new("DROP TABLE records_#", collection.Id));
        handle.Prepare("DELETE FROM collections WHERE id = ?1").Bind(1, collection.Id).Run();
        _counts.Remove(collection);
        Catalogue = Catalogue.Without(collection);
    }

    public long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document)
    {
        var recordId = AllocateId();
        handle.Prepare(new("INSERT INTO records_#(id, document) VALUES(?1, ?2)", collection.Id))
            .Bind(1, recordId)
            .Bind(2, document.Span)
            .Run();
        _counts.Add(collection, 1);
        return recordId;
    }

    public void Replace(CollectionDefinition collection, long recordId, byte[] document) =>
        handle.Prepare(new("UPDATE records_# SET document = ?2 WHERE id = ?1", collection.Id)).Bind(1, recordId).Bind(2, document).Run();

    public void Delete(CollectionDefinition collection, long recordId)
    {
        handle.Prepare(new("DELETE FROM records_# WHERE id = ?1", collection.Id)).Bind(1, recordId).Run();
        _counts.Add(collection, -1);
    }

    public void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document) =>
        handle.Prepare(new("INSERT INTO records_#(id, document) VALUES(?1, ?2)", collection.Id)).Bind(1, recordId).Bind(2, document.Span).Run();

    public void Truncate(CollectionDefinition collection, long lastRecordId) =>
        handle.Prepare(new("DELETE FROM records_# WHERE id <= ?1", collection.Id)).Bind(1, lastRecordId).Run();

    public void AddEntry(IndexDefinition index, IndexEntry entry)
    {
        _greatest.Add(index, entry.Key);
        handle.Prepare(new("INSERT OR IGNORE INTO entries_#(key, record) VALUES(?1, ?2)", index.Id))
            .Bind(1, entry.Key)
            .Bind(2, entry.RecordId)
            .Run();
    }

    public void RemoveEntry(IndexDefinition index, IndexEntry entry) =>
        handle.Prepare(new("DELETE FROM entries_# WHERE key = ?1 AND record = ?2", index.Id))
            .Bind(1, entry.Key)
            .Bind(2, entry.RecordId)
            .Run();

    public void OnRollback(Action undo) => _undo.Add(undo);

    public void Dispose() => handle.Dispose();

    private void DropTable(IndexDefinition index) => handle.Execute(new("DROP TABLE entries_#", index.Id));
}
