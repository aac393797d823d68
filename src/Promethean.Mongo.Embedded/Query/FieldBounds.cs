using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>
/// What one condition of a filter implies for the keys of an index: a document can only match if at least one of its keys
/// (<see cref="IndexKeys"/>) has, at <paramref name="Path"/>, a value in one of <paramref name="Intervals"/>. The filter must
/// still be applied to what the index finds: bounds never lose a match, but may find too much.
/// </summary>
/// <param name="Path">The path; it has no part that could be an array position.</param>
/// <param name="Intervals">Disjoint, ascending; empty if nothing can match.</param>
/// <remarks>
/// A filter gives one item per condition, several for one path if it has several. How they may be combined:
/// on an index that is not multikey, bounds of one path may be intersected (<see cref="Intersect"/>) and bounds of several
/// paths used together. On a multikey index use the bounds of ONE condition for ONE path: with <c>a: [1, 9]</c> the filter
/// <c>{a: {$gt: 5, $lt: 3}}</c> matches by two different keys, and <c>{"a.b": 1, "a.c": 2}</c> by two different elements.
/// An index that leaves out documents (sparse, partial) must not serve bounds with <see cref="IncludesMissing"/>.
/// </remarks>
internal sealed record FieldBounds(FieldPath Path, IReadOnlyList<BoundsInterval> Intervals)
{
    /// <summary>Whether documents without the field may match.</summary>
    public bool IncludesMissing => Intervals.Any(interval => interval.Contains(BsonNull.Value));

    /// <summary>Whether every interval is a single value.</summary>
    public bool IsPoints => Intervals.All(interval => interval.IsPoint);

    /// <summary>Both conditions at once; valid only where a document has a single key (see the remarks).</summary>
    public FieldBounds Intersect(FieldBounds other) => this with { Intervals = Shared(Intervals, other.Intervals) };

    internal static IReadOnlyList<BoundsInterval> Shared(IReadOnlyList<BoundsInterval> left, IReadOnlyList<BoundsInterval> right)
    {
        var shared = new List<BoundsInterval>();
        foreach (var one in left)
        {
            foreach (var other in right)
            {
                if (one.Intersect(other) is { } both) shared.Add(both);
            }
        }

        return shared;
    }

    /// <summary>Points in ascending order, each once.</summary>
    internal static IReadOnlyList<BoundsInterval> Points(IEnumerable<BsonValue> values)
    {
        var distinct = new SortedSet<BsonValue>(values, BsonOrder.Instance);
        return [.. distinct.Select(BoundsInterval.Point)];
    }
}
