using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>
/// Chooses how to find documents: an index whose leading fields the filter binds, or that gives the order asked for, or one for each
/// alternative of an <c>$or</c>, else the whole collection. Whatever it chooses, the filter is still applied to what is found, so a plan affects time and never results.
/// </summary>
internal static class QueryPlanner
{
    /// <summary>What an index is worth that only gives the order asked for.</summary>
    private const int OrderScore = 3;

    /// <summary>Plans a query.</summary>
    /// <param name="collection">The collection, with its indexes as of the view to be read.</param>
    /// <param name="query">The filter as sent; partial indexes are recognised by it.</param>
    /// <param name="filter">The same, parsed.</param>
    /// <param name="branches">The clauses of its <c>$or</c>, if it has one: at least one must match.</param>
    /// <param name="sort">The order asked for, or null.</param>
    /// <param name="hint">An index name or key, <c>{$natural: ±1}</c>, or null.</param>
    /// <exception cref="MongoCommandFailedException">The hint names no index (code 2).</exception>
    public static QueryPlan Plan(
        CollectionDefinition collection, BsonDocument query, DocumentFilter filter, IReadOnlyList<DocumentQuery> branches, SortOrder? sort, BsonValue? hint)
    {
        if (sort is { Paths.Count: 0 }) sort = null;
        var indexes = collection.Indexes;
        if (hint is not null and not BsonNull)
        {
            if (NaturalHint(hint) is { } direction) return new QueryPlan { Backward = direction < 0, IsSorted = sort is null };
            indexes = [Hinted(collection, hint)];
        }
        else if (IsIdLookup(query))
        {
            return new QueryPlan { Index = collection.IdIndex, Ranges = [KeyRange.Exactly(KeyString.Encode(IdOf(query)))], IsSorted = true, IsIdLookup = true };
        }

        var best = new QueryPlan { IsSorted = sort is null };
        var bestScore = hint is null or BsonNull ? 0 : -1;
        foreach (var index in indexes)
        {
            if (index.IsHidden || !PartialCoverage.Holds(index, query, filter)) continue;
            var bounds = IndexBounds.Of(index, filter.Bounds);
            // As in MongoDB, a hint may ask for a sparse index and get only what that index holds.
            if (index.IsSparse && !bounds.ExcludesMissing && (hint is null or BsonNull)) continue;
            var order = sort is null ? 0 : OrderGiven(index, bounds.PointFields, sort);
            // What narrows the search counts most; an order saves only the sorting.
            var score = (bounds.PointFields * 8) + (bounds.HasRange ? 4 : 0) + (order != 0 ? OrderScore : 0) + (index.IsUnique && bounds.PointFields == index.Fields.Count ? 64 : 0);
            if (score <= bestScore) continue;
            bestScore = score;
            best = new QueryPlan { Index = index, Ranges = bounds.Ranges, Bounds = bounds.Fields, Backward = order < 0, IsSorted = sort is null || order != 0 };
        }

        if (bestScore is >= 0 and <= OrderScore && hint is (null or BsonNull) && Alternatives(collection, branches) is { } alternatives)
            return new QueryPlan { Alternatives = alternatives, IsSorted = sort is null };
        if (bestScore < 0)
            throw MongoCommandFailedException.BadValue($"error processing query: planner returned error :: caused by :: the hinted index '{indexes[0].Name}' leaves out documents that this query must see");
        return best;
    }

    /// <summary>Plans to read an index between two of its keys, as <c>min</c> and <c>max</c> of a find ask.</summary>
    /// <exception cref="MongoCommandFailedException">There is no hint, or its index has other fields.</exception>
    public static QueryPlan Between(CollectionDefinition collection, BsonDocument? min, BsonDocument? max, SortOrder? sort, BsonValue? hint)
    {
        if (hint is null or BsonNull || NaturalHint(hint) is not null)
            throw MongoCommandFailedException.Location(51173, "When using min()/max() a hint of which index to use must be provided");
        var index = Hinted(collection, hint);
        var low = min is null ? KeyRange.All.Low : KeyOf(index, min);
        var high = max is null ? KeyRange.All.High : KeyOf(index, max);
        var order = sort is null ? 0 : OrderGiven(index, 0, sort);
        return new QueryPlan
        {
            Index = index,
            Ranges = low.AsSpan().SequenceCompareTo(high) < 0 ? [new KeyRange(low, high)] : [],
            Backward = order < 0,
            IsSorted = sort is null || order != 0,
        };
    }

    /// <summary>Whether a query is nothing but one exact <c>_id</c>.</summary>
    public static bool IsIdLookup(BsonDocument query) =>
        query.ElementCount == 1 && query.GetElement(0).Name == "_id" && IdOf(query) is var id && id.BsonType switch
        {
            BsonType.Document => id.AsBsonDocument.ElementCount == 0 || !id.AsBsonDocument.GetElement(0).Name.StartsWith('$'),
            BsonType.RegularExpression or BsonType.Array or BsonType.Null or BsonType.Undefined => false,
            _ => true,
        };

    private static BsonValue IdOf(BsonDocument query) => query.GetElement(0).Value;

    // A plan for each clause, or null if one of them would have to read the whole collection.
    private static QueryPlan[]? Alternatives(CollectionDefinition collection, IReadOnlyList<DocumentQuery> branches)
    {
        if (branches.Count == 0) return null;
        var plans = new QueryPlan[branches.Count];
        for (var i = 0; i < plans.Length; i++)
        {
            plans[i] = branches[i].Plan(collection);
            if (plans[i].Index is null) return null;
        }

        return plans;
    }

    private static byte[] KeyOf(IndexDefinition index, BsonDocument bound) =>
        bound.Names.SequenceEqual(index.Key.Names)
            ? KeyString.Encode([.. bound.Values], index.Descending)
            : throw MongoCommandFailedException.Location(51174, $"The index chosen by the hint has other fields than min()/max(): {index.Key}, not {bound}");

    private static int? NaturalHint(BsonValue hint) =>
        hint is BsonDocument { ElementCount: 1 } document && document.TryGetValue("$natural", out var direction) ? Math.Sign(direction.ToDouble()) : null;

    private static IndexDefinition Hinted(CollectionDefinition collection, BsonValue hint)
    {
        if (hint is not (BsonString or BsonDocument)) throw MongoCommandFailedException.FailedToParse("hint must be a string or an object");
        return collection.Indexes.FirstOrDefault(index => !index.IsHidden && (hint is BsonString name ? index.Name == name.Value : BsonOrder.AreEqual(index.Key, hint)))
            ?? throw MongoCommandFailedException.BadValue(
                $"error processing query: ns={collection.Name}: planner returned error :: caused by :: hint provided does not correspond to an existing index");
    }

    // 1 if reading the index forward gives the order, -1 if reading it backward does, else 0.
    private static int OrderGiven(IndexDefinition index, int pointFields, SortOrder sort)
    {
        if (index.IsMultikey) return 0;
        var direction = 0;
        var field = 0;
        for (var i = 0; i < sort.Paths.Count; i++)
        {
            // A field with a single value does not affect the order, whether asked for or not.
            while (field < pointFields && index.Paths[field].Text != sort.Paths[i].Text) field++;
            if (field < index.Fields.Count && index.Paths[field].Text == sort.Paths[i].Text)
            {
                var wanted = index.Descending[field] == sort.Descending[i] ? 1 : -1;
                if (field >= pointFields)
                {
                    if (direction != 0 && direction != wanted) return 0;
                    direction = wanted;
                }

                field++;
            }
            else if (!index.Paths.Take(pointFields).Any(path => path.Text == sort.Paths[i].Text))
            {
                return 0;
            }
        }

        return direction == 0 ? 1 : direction;
    }
}
