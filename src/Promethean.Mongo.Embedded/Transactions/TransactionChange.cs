using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>One thing a transaction does when it commits. The ids are those it was given within the transaction.</summary>
/// <param name="Collection">The collection, as it was known then.</param>
internal abstract record TransactionChange(CollectionDefinition Collection)
{
    /// <summary>A collection made.</summary>
    internal sealed record Create(CollectionDefinition Collection) : TransactionChange(Collection);

    /// <summary>An index made, on a collection that the transaction has made.</summary>
    internal sealed record CreateIndex(CollectionDefinition Collection, IndexDefinition Index) : TransactionChange(Collection);

    /// <summary>A document added.</summary>
    internal sealed record Insert(CollectionDefinition Collection, long RecordId, byte[] Document) : TransactionChange(Collection);

    /// <summary>A document changed.</summary>
    internal sealed record Replace(CollectionDefinition Collection, RecordChange Change) : TransactionChange(Collection);

    /// <summary>A document removed.</summary>
    internal sealed record Delete(CollectionDefinition Collection, StoredDocument Stored) : TransactionChange(Collection);
}
