using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>What to look for in a collection. Parsed once; it may be run in several views.</summary>
internal sealed class DocumentQuery(BsonDocument query, DocumentFilter filter, SortOrder? sort = null, BsonValue? hint = null)
{
    public DocumentFilter Filter => filter;

    /// <summary>The order of the results, or null if any will do.</summary>
    public SortOrder? Sort => sort is { Paths.Count: 0 } ? null : sort;

    public static DocumentQuery Parse(BsonDocument query, Variables variables, BsonDocument? sort = null, BsonValue? hint = null) =>
        new(query, DocumentFilter.Parse(query, variables), sort is null ? null : SortOrder.Parse(sort), hint);

    public QueryPlan Plan(CollectionDefinition collection) => QueryPlanner.Plan(collection, query, filter, Sort, hint);

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
