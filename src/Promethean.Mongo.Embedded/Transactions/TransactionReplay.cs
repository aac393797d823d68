using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Validation;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// Carries out the changes of a transaction on the data as it is now, in one storage transaction. Each change must find its document
/// as the transaction has seen it; indexes and unique keys are kept as for any other write.
/// </summary>
internal sealed class TransactionReplay(IWriteTransaction transaction)
{
    private readonly Dictionary<long, CollectionWriter> _writers = [];
    private readonly Dictionary<long, long> _records = [];

    /// <exception cref="WriteConflictException">Something has changed in the meantime.</exception>
    public void Run(IReadOnlyList<TransactionChange> changes)
    {
        try
        {
            foreach (var change in changes) Run(change);
        }
        catch (MongoCommandFailedException refused)
        {
            // It was all right in the snapshot.
            throw new WriteConflictException(refused.Message);
        }
    }

    private void Run(TransactionChange change)
    {
        switch (change)
        {
            case TransactionChange.Create created:
                if (transaction.Catalogue.Find(created.Collection.Name) is not null) throw new WriteConflictException($"{created.Collection.Name} has been created meanwhile");
                _writers[created.Collection.Id] = new CollectionWriter(transaction, Writes.Create(transaction, created.Collection.Name, created.Collection.Options), ValidationPolicy.Done);
                break;
            case TransactionChange.CreateIndex created:
                WriterOf(created.Collection).AddIndex(new IndexDefinition { Id = transaction.AllocateId(), Specification = created.Index.Specification });
                break;
            case TransactionChange.Insert inserted:
                _records[inserted.RecordId] = WriterOf(inserted.Collection).Insert(inserted.Document);
                break;
            case TransactionChange.Replace replaced:
                var changed = replaced.Change;
                WriterOf(replaced.Collection).Replace(Present(replaced.Collection, changed.Stored), changed);
                break;
            case TransactionChange.Delete deleted:
                WriterOf(deleted.Collection).Delete(Present(deleted.Collection, deleted.Stored));
                break;
        }
    }

    private CollectionWriter WriterOf(CollectionDefinition collection)
    {
        if (_writers.TryGetValue(collection.Id, out var writer)) return writer;
        var known = transaction.Catalogue.FindById(collection.Id) ?? throw new WriteConflictException($"{collection.Name} has been dropped meanwhile");
        return _writers[collection.Id] = new CollectionWriter(transaction, known, ValidationPolicy.Done);
    }

    private StoredDocument Present(CollectionDefinition collection, StoredDocument seen)
    {
        var recordId = _records.GetValueOrDefault(seen.RecordId, seen.RecordId);
        return transaction.Find(WriterOf(collection).Collection, recordId) is { } bytes && bytes.AsSpan().SequenceEqual(seen.Bytes)
            ? new StoredDocument(recordId, bytes)
            : throw new WriteConflictException($"a document in {collection.Name} has changed since the transaction began");
    }
}
