using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;
using Promethean.Mongo.Embedded.Validation;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>
/// The only way documents change: keeps a collection's records and all its index entries in step, and enforces unique indexes.
/// The validator of the collection is applied unless the policy lets it be. A change that is refused has left nothing behind. Lives within one write transaction.
/// </summary>
internal sealed class CollectionWriter(IWriteTransaction transaction, CollectionDefinition collection, ValidationPolicy? validation = null)
{
    /// <summary>The collection; its definition changes when an index becomes multikey.</summary>
    public CollectionDefinition Collection { get; private set; } = collection;

    /// <summary>Adds a document that has an <c>_id</c> as its first field, and returns its record's number.</summary>
    /// <exception cref="MongoCommandFailedException">Code 11000 and the other refusals of an index; code 121 of the validator.</exception>
    public long Insert(ReadOnlyMemory<byte> bytes)
    {
        BsonDocument? document = null;
        if (Collection.Validation is { } rule) rule.Check(null, document = BsonBytes.Lazy(bytes), validation);
        // Many collections have no index but the one on _id, whose keys need no decoding.
        var id = IdKey.Of(bytes);
        if (transaction.FindFirst(Collection.IdIndex, id) is not null) throw DuplicateKey(Collection.IdIndex, new BsonDocument("_id", BsonBytes.Lazy(bytes)["_id"]));
        var keys = Collection.Indexes.Length == 1 ? [] : new DocumentKeys[Collection.Indexes.Length];
        for (var i = 1; i < keys.Length; i++)
        {
            keys[i] = DocumentKeys.Of(document ??= BsonBytes.Lazy(bytes), Collection.Indexes[i]);
            RefuseDuplicates(Collection.Indexes[i], keys[i], owner: 0);
        }

        var recordId = transaction.Insert(Collection, bytes);
        transaction.AddEntry(Collection.IdIndex, new IndexEntry(id, recordId));
        for (var i = 1; i < keys.Length; i++)
        {
            foreach (var key in keys[i].Keys) transaction.AddEntry(Collection.Indexes[i], new IndexEntry(key, recordId));
        }

        NoteMultikey(keys);
        return recordId;
    }

    /// <summary>Puts a changed document in place of a stored one with the same <c>_id</c>.</summary>
    /// <exception cref="MongoCommandFailedException">Code 11000 and the other refusals of an index; code 121 of the validator.</exception>
    public void Replace(StoredDocument stored, BsonDocument before, BsonDocument after, UpdateOperation? update = null)
    {
        Collection.Validation?.Check(before, after, validation);
        Replace(stored, new RecordChange(stored, BsonBytes.EncodeForStorage(after)) { Before = before, After = after, Update = update });
    }

    /// <summary>The same for a change that was made, and validated, earlier, of a record that is the same but for its number.</summary>
    public void Replace(StoredDocument stored, RecordChange change)
    {
        var before = change.Before ?? BsonBytes.Decode(stored.Bytes);
        var after = change.After ?? BsonBytes.Decode(change.Bytes);
        var keys = new DocumentKeys[Collection.Indexes.Length];
        for (var i = 1; i < keys.Length; i++)
        {
            keys[i] = DocumentKeys.Of(after, Collection.Indexes[i]);
            RefuseDuplicates(Collection.Indexes[i], keys[i], stored.RecordId);
        }

        for (var i = 1; i < keys.Length; i++)
        {
            var old = DocumentKeys.Of(before, Collection.Indexes[i]).Keys;
            foreach (var key in old.Except(keys[i].Keys, ByteEquality.Instance))
                transaction.RemoveEntry(Collection.Indexes[i], new IndexEntry(key, stored.RecordId));
            foreach (var key in keys[i].Keys.Except(old, ByteEquality.Instance))
                transaction.AddEntry(Collection.Indexes[i], new IndexEntry(key, stored.RecordId));
        }

        transaction.Replace(Collection, change with { Stored = stored });
        NoteMultikey(keys);
    }

    public void Delete(StoredDocument stored)
    {
        transaction.RemoveEntry(Collection.IdIndex, new IndexEntry(IdKey.Of(stored.Bytes), stored.RecordId));
        BsonDocument? document = null;
        foreach (var index in Collection.Indexes.Skip(1))
        {
            foreach (var key in DocumentKeys.Of(document ??= BsonBytes.Lazy(stored.Bytes), index).Keys) transaction.RemoveEntry(index, new IndexEntry(key, stored.RecordId));
        }

        transaction.Delete(Collection, stored);
    }

    /// <summary>Adds an index and its entries for all documents present.</summary>
    /// <exception cref="MongoCommandFailedException">Code 11000 if the index is unique and two documents share a key.</exception>
    public void AddIndex(IndexDefinition index)
    {
        Collection = Collection with { Indexes = Collection.Indexes.Add(index) };
        transaction.Save(Collection);
        var isMultikey = false;
        foreach (var stored in ScanInChunks())
        {
            var keys = DocumentKeys.Of(BsonBytes.Lazy(stored.Bytes), index);
            RefuseDuplicates(index, keys, stored.RecordId);
            foreach (var key in keys.Keys) transaction.AddEntry(index, new IndexEntry(key, stored.RecordId));
            isMultikey |= keys.IsMultikey;
        }

        if (isMultikey) SetMultikey(Collection.Indexes.Length - 1);
    }

    // A scan must end before the next change.
    private IEnumerable<StoredDocument> ScanInChunks()
    {
        const int ChunkSize = 256;
        long? position = null;
        while (true)
        {
            var chunk = transaction.Scan(Collection, position).Take(ChunkSize).ToList();
            foreach (var stored in chunk) yield return stored;
            if (chunk.Count < ChunkSize) yield break;
            position = chunk[^1].RecordId;
        }
    }

    private void RefuseDuplicates(IndexDefinition index, DocumentKeys keys, long owner)
    {
        if (!index.IsUnique) return;
        for (var i = 0; i < keys.Keys.Count; i++)
        {
            // No more than one record has a key of a unique index.
            if (transaction.FindFirst(index, keys.Keys[i]) is { } holder && holder != owner) throw DuplicateKey(index, keys.Describe(i, index));
        }
    }

    private MongoCommandFailedException DuplicateKey(IndexDefinition index, BsonDocument value)
    {
        var shown = string.Join(", ", value.Select(field => $"{field.Name}: {ShellText.Of(field.Value)}"));
        return new MongoCommandFailedException(
            MongoErrorCode.DuplicateKey,
            $"E11000 duplicate key error collection: {Collection.Name} index: {index.Name} dup key: {{ {shown} }}")
        {
            Details = new BsonDocument { { "keyPattern", index.Key }, { "keyValue", value } },
        };
    }

    private void NoteMultikey(DocumentKeys[] keys)
    {
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i].IsMultikey && !Collection.Indexes[i].IsMultikey) SetMultikey(i);
        }
    }

    private void SetMultikey(int index)
    {
        Collection = Collection with { Indexes = Collection.Indexes.SetItem(index, Collection.Indexes[index] with { IsMultikey = true }) };
        transaction.Save(Collection);
    }
}
