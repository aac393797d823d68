using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>Sorts matches by keys encoded once per document; equal ones stay in the order they were found in.</summary>
internal static class MatchSorter
{
    /// <summary>The first <paramref name="limit"/> matches in order. No more than about twice as many are held at once.</summary>
    public static List<MatchedDocument> Sort(IEnumerable<MatchedDocument> matches, SortOrder order, long limit)
    {
        bool[] descending = [.. order.Descending];
        var entries = new List<(byte[] Key, long Place, MatchedDocument Match)>();
        var cut = limit > int.MaxValue / 2 ? int.MaxValue : Math.Max(64, (int)limit * 2);
        var place = 0L;
        foreach (var match in matches)
        {
            entries.Add((KeyString.Encode(order.KeyOf(BsonBytes.Lazy(match.Stored.Bytes)), descending), place++, match));
            if (entries.Count < cut) continue;
            entries.Sort(Compare);
            entries.RemoveRange((int)limit, entries.Count - (int)limit);
        }

        entries.Sort(Compare);
        return [.. entries.Take((int)Math.Min(limit, entries.Count)).Select(entry => entry.Match)];
    }

    private static int Compare((byte[] Key, long Place, MatchedDocument Match) x, (byte[] Key, long Place, MatchedDocument Match) y)
    {
        var order = x.Key.AsSpan().SequenceCompareTo(y.Key);
        return order != 0 ? order : x.Place.CompareTo(y.Place);
    }
}
