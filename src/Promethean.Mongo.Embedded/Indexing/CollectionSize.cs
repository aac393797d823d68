using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>How much a collection holds, counted by reading all of it: storage keeps no sums.</summary>
/// <param name="Documents">How many documents.</param>
/// <param name="Bytes">The bytes of their BSON.</param>
/// <param name="Indexes">The bytes of the keys of each index, by its name.</param>
internal sealed record CollectionSize(long Documents, long Bytes, IReadOnlyDictionary<string, long> Indexes)
{
    /// <summary>What an entry takes beside its key: the number of the record.</summary>
    private const int EntryBytes = 8;

    public long IndexBytes => Indexes.Values.Sum();

    public static CollectionSize Of(IReadView view, CollectionDefinition collection, Interruption interruption)
    {
        var (documents, bytes) = (0L, 0L);
        foreach (var stored in view.Scan(collection))
        {
            interruption.Check();
            documents++;
            bytes += stored.Bytes.Length;
        }

        var indexes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var index in collection.Indexes)
        {
            var size = 0L;
            foreach (var entry in view.Scan(index, KeyRange.All))
            {
                interruption.Check();
                size += entry.Key.Length + EntryBytes;
            }

            indexes[index.Name] = size;
        }

        return new CollectionSize(documents, bytes, indexes);
    }
}
