using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>What a filter leaves of one index: the key ranges that hold every document that may match.</summary>
internal sealed class IndexBounds
{
    /// <summary>More combinations of points than this are not worth a seek each; the fields after are left to the filter.</summary>
    private const int MaxRanges = 4096;

    private IndexBounds(
        IReadOnlyList<KeyRange> ranges, IReadOnlyList<IReadOnlyList<BoundsInterval>?> fields, int pointFields, bool hasRange, bool excludesMissing)
    {
        Fields = fields;
        Ranges = ranges;
        PointFields = pointFields;
        HasRange = hasRange;
        ExcludesMissing = excludesMissing;
    }

    /// <summary>Disjoint and ascending as bytes.</summary>
    public IReadOnlyList<KeyRange> Ranges { get; }

    /// <summary>The intervals of each leading field that is bound; an index may have further fields.</summary>
    public IReadOnlyList<IReadOnlyList<BoundsInterval>?> Fields { get; }

    /// <summary>How many leading fields have a single value each.</summary>
    public int PointFields { get; }

    /// <summary>Whether the field after those is bound in any way.</summary>
    public bool HasRange { get; }

    /// <summary>Whether a document without any of the bound fields cannot match.</summary>
    public bool ExcludesMissing { get; }

    /// <summary>Computes the bounds; see <see cref="FieldBounds"/> for the rules of multikey indexes.</summary>
    public static IndexBounds Of(IndexDefinition index, IReadOnlyList<FieldBounds> conditions)
    {
        var prefixes = new List<byte[]> { Array.Empty<byte>() };
        var pointFields = 0;
        var excludesMissing = false;
        var fields = new List<IReadOnlyList<BoundsInterval>?>();
        for (var field = 0; field < index.Fields.Count; field++)
        {
            var bound = index.IsMultikey && field > 0 ? null : BoundOf(index, field, conditions);
            if (bound is null) return new IndexBounds(Whole(prefixes), fields, pointFields, field > pointFields, excludesMissing);
            excludesMissing |= !bound.IncludesMissing;
            if (field > 0 && (long)prefixes.Count * bound.Intervals.Count > MaxRanges)
                return new IndexBounds(Whole(prefixes), fields, pointFields, true, excludesMissing);
            fields.Add(bound.Intervals);
            if (!bound.IsPoints)
                return new IndexBounds(Within(prefixes, bound, index.Descending[field]), fields, pointFields, true, excludesMissing);
            if (bound.Intervals.Count == 1 && pointFields == field) pointFields++;
            prefixes = [.. Combine(prefixes, bound, index.Descending[field])];
        }

        return new IndexBounds(Whole(prefixes), fields, pointFields, pointFields < index.Fields.Count, excludesMissing);
    }

    private static FieldBounds? BoundOf(IndexDefinition index, int field, IReadOnlyList<FieldBounds> conditions)
    {
        var path = index.Paths[field].Text;
        FieldBounds? bound = null;
        foreach (var condition in conditions)
        {
            if (condition.Path.Text != path) continue;
            if (bound is null) bound = condition;
            else if (!index.IsMultikey) bound = bound.Intersect(condition);
            else if (condition.IsPoints && !bound.IsPoints) bound = condition;
        }

        return bound;
    }

    private static IReadOnlyList<KeyRange> Whole(List<byte[]> prefixes) =>
        prefixes is [{ Length: 0 }] ? [KeyRange.All] : [.. prefixes.Select(KeyRange.Exactly)];

    // Points ascend; a descending field turns their order, and with it that of the ranges.
    private static IEnumerable<byte[]> Combine(List<byte[]> prefixes, FieldBounds bound, bool descending)
    {
        var points = bound.Intervals.Select(interval => Encode(interval.Low, descending)).ToList();
        if (descending) points.Reverse();
        foreach (var prefix in prefixes)
        {
            foreach (var point in points) yield return [.. prefix, .. point];
        }
    }

    private static List<KeyRange> Within(List<byte[]> prefixes, FieldBounds bound, bool descending)
    {
        var ranges = bound.Intervals.Select(interval => descending
            ? Range(Encode(interval.High, true), interval.HighInclusive, Encode(interval.Low, true), interval.LowInclusive)
            : Range(Encode(interval.Low, false), interval.LowInclusive, Encode(interval.High, false), interval.HighInclusive)).ToList();
        if (descending) ranges.Reverse();
        return [.. prefixes.SelectMany(prefix => ranges.Select(range => new KeyRange([.. prefix, .. range.Low], [.. prefix, .. range.High])))];
    }

    private static KeyRange Range(byte[] low, bool lowInclusive, byte[] high, bool highInclusive) =>
        new(lowInclusive ? low : KeyString.PrefixEnd(low), highInclusive ? KeyString.PrefixEnd(high) : high);

    private static byte[] Encode(BsonValue value, bool descending) => KeyString.Encode([value], [descending]);
}
