using MongoDB.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>count</c>: how many documents match; without a query at the same cost whatever the answer, by an index alone where its keys tell.</summary>
internal sealed class CountCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["count"];

    public IReadOnlyList<string> Fields { get; } = ["query", "limit", "skip", "hint", "collation", "fields"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var arguments = context.Arguments;
        Writes.CheckCollation(arguments.Optional("collation"));
        var query = DocumentQuery.Parse(arguments.Document("query"), context.Variables, hint: arguments.Optional("hint"));
        var skip = arguments.OptionalCount("skip") ?? 0;
        var limit = arguments.OptionalCount("limit") is { } most and > 0 ? most : long.MaxValue;
        using var view = context.OpenView();
        var count = view.Catalogue.Find(context.Collection) is { } collection
            ? Math.Min(limit, Math.Max(0, Count(context, view, collection, query) - skip))
            : 0;
        return ValueTask.FromResult(CommandReply.Ok(new BsonElement("n", count <= int.MaxValue ? (int)count : count)));
    }

    private static long Count(CommandContext context, IReadView view, CollectionDefinition collection, DocumentQuery query)
    {
        var plan = query.Plan(collection);
        if (query.Filter.IsEmpty && plan.Index is null) return view.Count(collection);
        return CoveredCount.Applies(query.Query, plan)
            ? CoveredCount.Count(view, plan, context.Interruption)
            : query.Scan(collection, plan).Continue(view, context.Interruption).LongCount();
    }
}
