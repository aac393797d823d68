using MongoDB.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>find</c>: documents that match a filter, sorted, cut and projected, behind a cursor.</summary>
internal sealed class FindCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["find"];

    public IReadOnlyList<string> Fields { get; } =
    [
        "filter", "sort", "projection", "hint", "skip", "limit", "batchSize", "singleBatch", "collation", "let", "allowDiskUse",
        "noCursorTimeout", "allowPartialResults", "tailable", "awaitData", "oplogReplay", "returnKey", "showRecordId", "min", "max",
    ];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var name = context.Collection;
        var arguments = context.Arguments;
        arguments.Refuse("returnKey", "showRecordId", "oplogReplay");
        if (arguments.Boolean("tailable")) throw MongoCommandFailedException.BadValue($"error processing query: ns={name}: tailable cursor requested on non capped collection");
        if (arguments.Boolean("awaitData")) throw MongoCommandFailedException.FailedToParse("Cannot set 'awaitData' without also setting 'tailable'");
        Writes.CheckCollation(arguments.Optional("collation"));
        var query = QueryOf(context);
        var projection = arguments.OptionalDocument("projection") is { ElementCount: > 0 } fields ? Projection.Parse(fields, context.Variables) : null;
        var skip = arguments.OptionalCount("skip") ?? 0;
        var limit = arguments.OptionalCount("limit") is { } most and > 0 ? most : (long?)null;
        using var view = context.OpenView();
        IDocumentSource source = view.Catalogue.Find(name) is { } collection
            ? new FindSource(collection, query, query.Plan(collection), projection, skip, limit)
            : new ListSource([]);
        return ValueTask.FromResult(Batches.First(context, name, source, view, arguments.OptionalCount("batchSize"), arguments.Boolean("singleBatch")));
    }

    /// <summary>What a find command looks for; explain asks the same.</summary>
    public static DocumentQuery QueryOf(CommandContext context)
    {
        var arguments = context.Arguments;
        var sort = arguments.OptionalDocument("sort");
        var hint = arguments.Optional("hint");
        if (sort is { ElementCount: 1 } && sort.TryGetValue("$natural", out _)) (sort, hint) = (null, sort);
        return DocumentQuery.Parse(arguments.Document("filter"), context.Variables, sort, hint, Bound(arguments, "min"), Bound(arguments, "max"));
    }

    private static BsonDocument? Bound(CommandArguments arguments, string field) => arguments.OptionalDocument(field) is { ElementCount: > 0 } bound ? bound : null;
}
