using System.Collections.Immutable;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// The writer's connection and what it knows beside the file. Several units of work share one SQLite transaction (group commit);
/// each is a savepoint within it. Used by the writer's thread alone.
/// </summary>
internal sealed class SqliteTransaction(SqliteHandle handle, Catalogue catalogue) : IWriteTransaction
{
    private readonly List<Action> _undo = [];
    private ImmutableDictionary<long, long> _counts = ImmutableDictionary<long, long>.Empty;
    private ImmutableHashSet<long> _changedCounts = [];
    private Catalogue _committed = catalogue;
    private long _lastId;
    private (ImmutableDictionary<long, long> Counts, ImmutableHashSet<long> Changed, Catalogue Catalogue, int Undo) _savepoint;

    public Catalogue Catalogue { get; private set; } = catalogue;

    /// <summary>Opens the group.</summary>
    public void Begin()
    {
        handle.Execute("BEGIN IMMEDIATE");
        _lastId = handle.Read("SELECT value FROM meta WHERE name = 'ids'");
    }

    /// <summary>Begins one unit of work.</summary>
    public void BeginWork()
    {
        handle.Execute("SAVEPOINT work");
        _savepoint = (_counts, _changedCounts, Catalogue, _undo.Count);
    }

    public void EndWork() => handle.Execute("RELEASE work");

    /// <summary>Takes back one unit of work; false if SQLite had to take back the whole group.</summary>
    public bool RollbackWork()
    {
        if (handle.IsIdle) return false;
        handle.Execute("ROLLBACK TO work");
        handle.Execute("RELEASE work");
        (_counts, _changedCounts, Catalogue, var undone) = _savepoint;
        for (var i = _undo.Count - 1; i >= undone; i--) _undo[i]();
        _undo.RemoveRange(undone, _undo.Count - undone);
        return true;
    }

    /// <summary>Makes the group durable; returns the catalogue it leaves.</summary>
    public Catalogue Commit()
    {
        foreach (var id in _changedCounts)
            handle.Prepare("UPDATE collections SET count = ?2 WHERE id = ?1").Bind(1, id).Bind(2, _counts[id]).Run();
        handle.Prepare("UPDATE meta SET value = ?1 WHERE name = 'ids'").Bind(1, _lastId).Run();
        if (Catalogue != _committed)
            handle.Prepare("UPDATE meta SET value = ?1 WHERE name = 'catalogue'").Bind(1, Catalogue.Version).Run();
        handle.Execute("COMMIT");
        _changedCounts = [];
        _undo.Clear();
        return _committed = Catalogue;
    }

    /// <summary>Takes back the whole group.</summary>
    public void Rollback()
    {
        if (!handle.IsIdle) handle.Execute("ROLLBACK");
        Catalogue = _committed;
        _counts = ImmutableDictionary<long, long>.Empty;
        _changedCounts = [];
        for (var i = _undo.Count - 1; i >= 0; i--) _undo[i]();
        _undo.Clear();
    }

    public long AllocateId() => ++_lastId;

    public long Count(CollectionDefinition collection)
    {
        if (_counts.TryGetValue(collection.Id, out var known)) return known;
        var count = SqliteTables.Count(handle, collection);
        _counts = _counts.SetItem(collection.Id, count);
        return count;
    }

    public byte[]? Find(CollectionDefinition collection, long recordId) => SqliteTables.Find(handle, collection, recordId);

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after, bool backward) =>
        SqliteTables.Scan(handle, collection, after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        SqliteTables.Scan(handle, index, range, after, backward);

    public void Save(CollectionDefinition collection)
    {
        var before = Catalogue.FindById(collection.Id);
        if (before is null) handle.Execute($"CREATE TABLE {SqliteTables.Records(collection)}(id INTEGER PRIMARY KEY, document BLOB NOT NULL)");
        foreach (var index in before?.Indexes ?? [])
        {
            if (collection.Indexes.All(kept => kept.Id != index.Id)) DropTable(index);
        }

        foreach (var index in collection.Indexes)
        {
            if (before?.Indexes.Any(known => known.Id == index.Id) != true)
                handle.Execute($"CREATE TABLE {SqliteTables.Entries(index)}(key BLOB, record INTEGER, PRIMARY KEY(key, record)) WITHOUT ROWID");
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
        handle.Execute($"DROP TABLE {SqliteTables.Records(collection)}");
        handle.Prepare("DELETE FROM collections WHERE id = ?1").Bind(1, collection.Id).Run();
        _counts = _counts.Remove(collection.Id);
        _changedCounts = _changedCounts.Remove(collection.Id);
        Catalogue = Catalogue.Without(collection);
    }

    public long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document)
    {
        var recordId = AllocateId();
        handle.Prepare($"INSERT INTO {SqliteTables.Records(collection)}(id, document) VALUES(?1, ?2)")
            .Bind(1, recordId)
            .Bind(2, document.Span)
            .Run();
        AddToCount(collection, 1);
        return recordId;
    }

    public void Replace(CollectionDefinition collection, long recordId, byte[] document) =>
        handle.Prepare($"UPDATE {SqliteTables.Records(collection)} SET document = ?2 WHERE id = ?1").Bind(1, recordId).Bind(2, document).Run();

    public void Delete(CollectionDefinition collection, long recordId)
    {
        handle.Prepare($"DELETE FROM {SqliteTables.Records(collection)} WHERE id = ?1").Bind(1, recordId).Run();
        AddToCount(collection, -1);
    }

    public void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document) =>
        handle.Prepare($"INSERT INTO {SqliteTables.Records(collection)}(id, document) VALUES(?1, ?2)").Bind(1, recordId).Bind(2, document.Span).Run();

    public void Truncate(CollectionDefinition collection, long lastRecordId) =>
        handle.Prepare($"DELETE FROM {SqliteTables.Records(collection)} WHERE id <= ?1").Bind(1, lastRecordId).Run();

    public void AddEntry(IndexDefinition index, IndexEntry entry) =>
        handle.Prepare($"INSERT OR IGNORE INTO {SqliteTables.Entries(index)}(key, record) VALUES(?1, ?2)")
            .Bind(1, entry.Key)
            .Bind(2, entry.RecordId)
            .Run();

    public void RemoveEntry(IndexDefinition index, IndexEntry entry) =>
        handle.Prepare($"DELETE FROM {SqliteTables.Entries(index)} WHERE key = ?1 AND record = ?2")
            .Bind(1, entry.Key)
            .Bind(2, entry.RecordId)
            .Run();

    public void OnRollback(Action undo) => _undo.Add(undo);

    public void Dispose() => handle.Dispose();

    private void AddToCount(CollectionDefinition collection, long change)
    {
        _counts = _counts.SetItem(collection.Id, Count(collection) + change);
        _changedCounts = _changedCounts.Add(collection.Id);
    }

    private void DropTable(IndexDefinition index) => handle.Execute($"DROP TABLE {SqliteTables.Entries(index)}");
}
