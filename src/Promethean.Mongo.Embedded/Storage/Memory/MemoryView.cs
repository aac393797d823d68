namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>A view of one <see cref="MemoryState"/>; it holds no resources.</summary>
internal sealed class MemoryView(MemoryState state) : IReadView
{
    public Catalogue Catalogue => state.Catalogue;

    public long Count(CollectionDefinition collection) => state.Records[collection.Id].Count;

    public byte[]? Find(CollectionDefinition collection, long recordId) =>
        state.Records[collection.Id].TryFind(recordId, out var bytes) ? bytes : null;

    public IEnumerable<StoredDocument> Scan(CollectionDefinition collection, long? after, bool backward) =>
        Scan(state.Records[collection.Id], after, backward);

    public IEnumerable<IndexEntry> Scan(IndexDefinition index, KeyRange range, IndexEntry? after, bool backward) =>
        Scan(state.Entries[index.Id], range, after, backward);

    public long? FindFirst(IndexDefinition index, byte[] key) => FindFirst(state.Entries[index.Id], key);

    public void Dispose()
    {
    }

    internal static long? FindFirst(SortedTree<IndexEntry, None> tree, byte[] key) =>
        tree.TryFirst(new IndexEntry(key, long.MinValue), out var first) && first.Key.AsSpan().SequenceEqual(key) ? first.RecordId : null;

    internal static IEnumerable<StoredDocument> Scan(SortedTree<long, byte[]> tree, long? after, bool backward)
    {
        var items = backward ? tree.Below(after ?? long.MaxValue) : tree.From((after ?? 0) + 1);
        foreach (var item in items) yield return new StoredDocument(item.Key, item.Value);
    }

    internal static IEnumerable<IndexEntry> Scan(SortedTree<IndexEntry, None> tree, KeyRange range, IndexEntry? after, bool backward)
    {
        if (backward)
        {
            foreach (var item in tree.Below(after ?? new IndexEntry(range.High, long.MinValue)))
            {
                if (item.Key.Key.AsSpan().SequenceCompareTo(range.Low) < 0) yield break;
                yield return item.Key;
            }
        }
        else
        {
            var start = after is { } last ? last with { RecordId = last.RecordId + 1 } : new IndexEntry(range.Low, long.MinValue);
            foreach (var item in tree.From(start))
            {
                if (item.Key.Key.AsSpan().SequenceCompareTo(range.High) >= 0) yield break;
                yield return item.Key;
            }
        }
    }
}
