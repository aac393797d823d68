using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// Claims what one transaction writes. What others have committed since its snapshot shows in a view of the present: a conflict is
/// found at the time of the write. Only a write that is being committed in that very moment is found later, at commit.
/// </summary>
internal sealed class WriteClaims(IStorageEngine storage, WriteIntents intents, MultiDocumentTransaction owner)
{
    /// <exception cref="WriteConflictException">The record is another's, or is no longer as the snapshot has it.</exception>
    public void Record(CollectionDefinition collection, long recordId, Func<byte[]?> inSnapshot)
    {
        if (!intents.TakeRecord(collection.Id, recordId, owner)) return;
        using var present = storage.OpenView();
        var known = present.Catalogue.Find(collection.Name);
        if (known?.Id != collection.Id || present.Find(known, recordId) is not { } bytes || !bytes.AsSpan().SequenceEqual(inSnapshot()))
            throw new WriteConflictException($"a document in {collection.Name} has changed since the transaction began");
    }

    /// <param name="index">A unique index.</param>
    /// <param name="entry">The entry to add or remove.</param>
    /// <param name="isGone">Whether the transaction has itself taken an entry away.</param>
    /// <exception cref="WriteConflictException">The key is another's, or has been taken since the snapshot.</exception>
    public void Key(IndexDefinition index, IndexEntry entry, Func<IndexEntry, bool> isGone)
    {
        intents.TakeKey(index.Id, entry.Key, owner);
        using var present = storage.OpenView();
        if (!present.Catalogue.HasIndex(index.Id))
            throw new WriteConflictException($"the index {index.Name} has been dropped since the transaction began");
        foreach (var other in present.Scan(index, KeyRange.Exactly(entry.Key)))
        {
            if (other.RecordId != entry.RecordId && !isGone(other)) throw new WriteConflictException($"a key of the index {index.Name} has been taken since the transaction began");
        }
    }
}
