using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>
/// A sort specification ("cursor.sort()" in MongoDB's manual): a missing field sorts as null, an array by its least element when
/// ascending and its greatest when descending. Immutable.
/// </summary>
internal sealed class SortOrder : IComparer<BsonDocument>
{
    private readonly FieldPath[] _paths;
    private readonly bool[] _descending;

    private SortOrder(FieldPath[] paths, bool[] descending)
    {
        _paths = paths;
        _descending = descending;
    }

    /// <summary>The fields to sort by, the most significant first.</summary>
    public IReadOnlyList<FieldPath> Paths => _paths;

    /// <summary>For each path whether it sorts from great to small.</summary>
    public IReadOnlyList<bool> Descending => _descending;

    /// <summary>Reads <c>{a: 1, "b.c": -1}</c>.</summary>
    /// <exception cref="MongoCommandFailedException">An order other than 1 and -1 (code 15975), or a malformed path.</exception>
    public static SortOrder Parse(BsonDocument specification)
    {
        var paths = new FieldPath[specification.ElementCount];
        var descending = new bool[paths.Length];
        for (var i = 0; i < paths.Length; i++)
        {
            var element = specification.GetElement(i);
            if (element.Value is BsonDocument)
            {
                throw MongoCommandFailedException.BadValue($"Illegal key in $sort specification: {element.Name}: {element.Value}");
            }

            if (!Numbers.IsNumber(element.Value) || !Numbers.TryTruncate(element.Value, out var order) || order is not (1 or -1))
            {
                throw MongoCommandFailedException.Location(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
            }

            if (element.Name.StartsWith('$'))
            {
                throw MongoCommandFailedException.Location(16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField.");
            }

            paths[i] = FieldPath.Parse(element.Name);
            descending[i] = order < 0;
        }

        return new SortOrder(paths, descending);
    }

    /// <summary>The values a document sorts by, one per path.</summary>
    /// <exception cref="MongoCommandFailedException">Code 2: two of the paths lead through different arrays.</exception>
    public BsonValue[] KeyOf(BsonDocument document)
    {
        var keys = new List<BsonValue[]>(1);
        try
        {
            IndexKeys.Extract(document, _paths, keys);
        }
        catch (MongoCommandFailedException parallel) when (parallel.Code == (int)MongoErrorCode.CannotIndexParallelArrays)
        {
            throw MongoCommandFailedException.BadValue("cannot sort with keys that are parallel arrays");
        }

        var least = keys[0];
        for (var i = 1; i < keys.Count; i++)
        {
            if (CompareKeys(keys[i], least) < 0) least = keys[i];
        }

        return least;
    }

    /// <summary>Compares what <see cref="KeyOf"/> returned.</summary>
    public int CompareKeys(BsonValue[] x, BsonValue[] y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var order = BsonOrder.Compare(x[i], y[i]);
            if (order != 0) return _descending[i] ? -order : order;
        }

        return 0;
    }

    /// <summary>Compares two documents; for many, <see cref="Sort"/> is faster.</summary>
    public int Compare(BsonDocument? x, BsonDocument? y) => CompareKeys(KeyOf(x!), KeyOf(y!));

    /// <summary>
    /// Sorts documents, equal ones staying in their order. With a <paramref name="limit"/> only so many of the first are kept in memory.
    /// </summary>
    public IReadOnlyList<BsonDocument> Sort(IEnumerable<BsonDocument> documents, int? limit = null)
    {
        var entries = new List<SortEntry>();
        var count = 0;
        // Cutting back at twice the limit keeps memory bounded and the work per document logarithmic.
        var cut = limit is { } wanted ? Math.Max(64L, wanted * 2L) : long.MaxValue;
        foreach (var document in documents)
        {
            entries.Add(new SortEntry(KeyOf(document), count++, document));
            if (entries.Count < cut) continue;
            entries.Sort(CompareEntries);
            entries.RemoveRange(limit!.Value, entries.Count - limit.Value);
        }

        entries.Sort(CompareEntries);
        var result = new BsonDocument[Math.Min(entries.Count, limit ?? int.MaxValue)];
        for (var i = 0; i < result.Length; i++) result[i] = entries[i].Document;
        return result;
    }

    private int CompareEntries(SortEntry x, SortEntry y)
    {
        var order = CompareKeys(x.Key, y.Key);
        return order != 0 ? order : x.Place.CompareTo(y.Place);
    }

    private readonly record struct SortEntry(BsonValue[] Key, int Place, BsonDocument Document);
}
