using Promethean.Mongo.Embedded.Oplog;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>
/// Changes that become visible and durable together, or not at all. Reads through it see its own changes. There is one at a time,
/// so what it reads cannot change under it; it lives as long as the work it was passed to. A scan must end before the next change.
/// </summary>
internal interface IWriteTransaction : IReadView
{
    /// <summary>A number never given before, for a new collection or index.</summary>
    long AllocateId();

    /// <summary>Adds a collection or replaces its definition; storage for new indexes is made, that of missing ones removed.</summary>
    void Save(CollectionDefinition collection);

    /// <summary>Removes a collection with its records and indexes.</summary>
    void Drop(CollectionDefinition collection);

    /// <summary>Adds a record and returns its number.</summary>
    long Insert(CollectionDefinition collection, ReadOnlyMemory<byte> document);

    void Replace(CollectionDefinition collection, long recordId, byte[] document);

    void Delete(CollectionDefinition collection, long recordId);

    /// <summary>Puts a document in place of another, with what is known of how it came about.</summary>
    void Replace(CollectionDefinition collection, RecordChange change) => Replace(collection, change.Stored.RecordId, change.Bytes);

    /// <summary>Removes a record of which the content is known.</summary>
    void Delete(CollectionDefinition collection, StoredDocument stored) => Delete(collection, stored.RecordId);

    /// <summary>Adds a record under a number greater than all in the collection; it does not count in <see cref="IReadView.Count"/>.</summary>
    void Append(CollectionDefinition collection, long recordId, ReadOnlyMemory<byte> document);

    /// <summary>Removes appended records up to and with a number.</summary>
    void Truncate(CollectionDefinition collection, long lastRecordId);

    /// <summary>Notes that a whole database is dropped, after its collections were; storage itself needs no note.</summary>
    void DropDatabase(string database)
    {
    }

    /// <summary>Keeps the result of a retryable statement together with its changes, where changes are logged.</summary>
    void KeepResult(StatementResult result)
    {
    }

    void AddEntry(IndexDefinition index, IndexEntry entry);

    void RemoveEntry(IndexDefinition index, IndexEntry entry);

    /// <summary>Asks to be told if nothing of this transaction remains: the work threw, or the commit failed.</summary>
    void OnRollback(Action undo);
}
