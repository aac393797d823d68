namespace Promethean.Mongo.Embedded.Storage;

/// <summary>
/// A consistent view of everything committed when it was opened; later commits do not show. For one thread at a time, and short:
/// a cursor opens a view for each batch and goes on after the last position it has read.
/// </summary>
internal interface IReadView : IDisposable
{
    Catalogue Catalogue { get; }

    /// <summary>How many documents a collection has; does not depend on how many that is.</summary>
    long Count(CollectionDefinition collection);

    /// <summary>The bytes of a record, or null.</summary>
    byte[]? Find(CollectionDefinition collection, long recordId);

    /// <summary>The records of a collection in order of insertion, or its reverse, that come after a position.</summary>
    IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after = null, bool backward = false);

    /// <summary>The entries of an index in a range, in order or its reverse, that come after a position.</summary>
    IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after = null, bool backward = false);

    /// <summary>The first record that has a key in an index, or null.</summary>
    long? FindFirst(IndexDefinition index, byte[] key)
    {
        foreach (var entry in Scan(index, KeyRange.Exactly(key))) return entry.RecordId;
        return null;
    }

    /// <summary>The entries of an index as by <see cref="Scan(IndexDefinition, KeyRange, IndexEntry?, bool)"/>, each with its record.</summary>
    IEnumerable<IndexedDocument> ScanDocuments(
        CollectionDefinition collection, IndexDefinition index, KeyRange range, IndexEntry? after = null, bool backward = false)
    {
        foreach (var entry in Scan(index, range, after, backward))
        {
            if (Find(collection, entry.RecordId) is { } bytes) yield return new IndexedDocument(entry, bytes);
        }
    }
}
