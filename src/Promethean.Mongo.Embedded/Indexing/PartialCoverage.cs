using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>
/// Whether a partial index holds every document that a query may find ("Partial Indexes" in MongoDB's manual): each condition of the
/// index's filter is repeated by the query word for word, or follows from one of the query's conditions on the same field.
/// </summary>
internal static class PartialCoverage
{
    public static bool Holds(IndexDefinition index, BsonDocument query, DocumentFilter filter) =>
        index.Partial is null || index.Partial.All(condition => IsRepeated(condition, query) || Follows(condition, filter.Bounds));

    private static bool IsRepeated(BsonElement condition, BsonDocument query) =>
        query.TryGetValue(condition.Name, out var asked) && Bson.BsonOrder.AreEqual(asked, condition.Value);

    // A document that matches has a value in the intervals of each bound. If all of these satisfy the condition, so does the document.
    private static bool Follows(BsonElement condition, IReadOnlyList<FieldBounds> bounds)
    {
        if (condition.Name.StartsWith('$')) return false;
        var known = bounds.Where(bound => bound.Path.Text == condition.Name);
        if (condition.Value is BsonDocument { ElementCount: 1 } single && single.TryGetValue("$exists", out var exists))
            return exists == BsonBoolean.True && known.Any(bound => !bound.IncludesMissing);
        if (Wanted(condition.Value) is not { } wanted) return false;
        return known.Any(bound => bound.Intervals.All(interval => wanted.All(range => range.Contains(interval))));
    }

    // The intervals that a condition is exactly, all of them at once; null if it is not of a kind that is.
    private static List<BoundsInterval>? Wanted(BsonValue condition)
    {
        if (ExactConditions.IsValue(condition)) return [BoundsInterval.Point(condition)];
        if (condition is not BsonDocument range || !ExactConditions.IsRange(range)) return null;
        var wanted = new List<BoundsInterval>();
        foreach (var bound in range)
        {
            var inclusive = bound.Name.EndsWith('e');
            var type = BoundsInterval.OfType(bound.Value)!;
            wanted.Add(bound.Name[1] == 'g'
                ? type with { Low = bound.Value, LowInclusive = inclusive }
                : type with { High = bound.Value, HighInclusive = inclusive });
        }

        return wanted;
    }
}
