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

    void AddEntry(IndexDefinition index, IndexEntry entry);

    void RemoveEntry(IndexDefinition index, IndexEntry entry);

    /// <summary>Asks to be told if nothing of this transaction remains: the work threw, or the commit failed.</summary>
    void OnRollback(Action undo);
}
