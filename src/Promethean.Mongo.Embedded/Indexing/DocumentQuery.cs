using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>What to look for in a collection. Parsed once; it may be run in several views.</summary>
internal sealed class DocumentQuery(BsonDocument query, DocumentFilter filter, SortOrder? sort = null, BsonValue? hint = null)
{
    /// <summary>The filter as sent.</summary>
    public BsonDocument Query => query;

    public DocumentFilter Filter => filter;

    /// <summary>The clauses of the filter's <c>$or</c>, if it has one.</summary>
    private IReadOnlyList<DocumentQuery> Branches { get; init; } = [];

    /// <summary>The least key of the hinted index to read, or null.</summary>
    public BsonDocument? Min { get; init; }

    /// <summary>The key of the hinted index to stop before, or null.</summary>
    public BsonDocument? Max { get; init; }

    /// <summary>The order of the results, or null if any will do.</summary>
    public SortOrder? Sort => sort is { Paths.Count: 0 } ? null : sort;

    public static DocumentQuery Parse(BsonDocument query, Variables variables, BsonDocument? sort = null, BsonValue? hint = null, BsonDocument? min = null, BsonDocument? max = null)
    {
        if ((min ?? max) is not null && hint is (null or BsonNull))
            throw MongoCommandFailedException.Location(51173, "When using min()/max() a hint of which index to use must be provided");
        return new(query, DocumentFilter.Parse(query, variables), sort is null ? null : SortOrder.Parse(sort), hint)
        {
            Min = min,
            Max = max,
            Branches = query.TryGetValue("$or", out var clauses)
                ? [.. clauses.AsBsonArray.Select(clause => new DocumentQuery(clause.AsBsonDocument, DocumentFilter.Parse(clause.AsBsonDocument, variables)))]
                : [],
        };
    }

    public QueryPlan Plan(CollectionDefinition collection) => Min is null && Max is null
        ? QueryPlanner.Plan(collection, query, filter, Branches, Sort, hint)
        : QueryPlanner.Between(collection, Min, Max, Sort, hint);

    /// <summary>Begins to read the matching documents of a collection, in the plan's order.</summary>
    public MatchScan Scan(CollectionDefinition collection) => Scan(collection, Plan(collection));

    /// <summary>The first match in the order asked for, or null. Nothing of the view is left open.</summary>
    public MatchedDocument? First(IReadView view, CollectionDefinition collection, Interruption interruption)
    {
        var plan = Plan(collection);
        var matches = Scan(collection, plan).Continue(view, interruption);
        if (!plan.IsSorted) return MatchSorter.Sort(matches, Sort!, 1) is [var least] ? least : null;
        foreach (var match in matches) return match;
        return null;
    }

    public MatchScan Scan(CollectionDefinition collection, QueryPlan plan) =>
        // An _id range holds exactly the document asked for, and no condition matches every document: nothing is left to test.
        new(new DocumentScan(collection, plan), plan.IsIdLookup || filter.IsEmpty ? null : filter);
}
