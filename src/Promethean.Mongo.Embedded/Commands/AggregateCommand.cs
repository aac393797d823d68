using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.ChangeStreams;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>aggregate</c>: a pipeline over a collection. A <c>$match</c> and a <c>$sort</c> at its beginning use indexes as a find does.</summary>
internal sealed class AggregateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["aggregate"];

    public IReadOnlyList<string> Fields { get; } =
        ["pipeline", "cursor", "hint", "let", "collation", "allowDiskUse", "bypassDocumentValidation", "explain"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var arguments = context.Arguments;
        arguments.Refuse("explain");
        Writes.CheckCollation(arguments.Optional("collation"));
        if (arguments.OptionalDocument("cursor") is null) throw MongoCommandFailedException.FailedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
        var stages = arguments.RequiredArray("pipeline");
        if (ChangeStreamCursor.IsAskedFor(stages)) return ValueTask.FromResult(ChangeStreamCursor.Open(context, stages));
        if (context.Request.Body[0] is not BsonString)
            throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, "This server aggregates over collections only, not over a whole database");
        var name = context.Collection;
        // Whatever the plan, the whole pipeline must be right.
        Pipeline.Parse(stages, context.Variables);
        using var view = context.OpenView();
        return ValueTask.FromResult(Batches.First(context, name, SourceOf(context, name, stages, view), view, arguments.CursorBatchSize));
    }

    /// <summary>The query that a pipeline begins with, as the documents to feed it are looked for; explain asks the same.</summary>
    public static DocumentQuery LeadingQuery(CommandContext context, BsonArray stages)
    {
        var match = LeadingMatch(stages);
        var sort = StageAt(stages, match is null ? 0 : 1, "$sort");
        return DocumentQuery.Parse(match ?? [], context.Variables, sort, context.Arguments.Optional("hint"));
    }

    public static BsonDocument? LeadingMatch(BsonArray stages) => StageAt(stages, 0, "$match");

    private static IDocumentSource SourceOf(CommandContext context, CollectionName name, BsonArray stages, IReadView view)
    {
        var query = LeadingQuery(context, stages);
        var done = LeadingMatch(stages) is null ? 0 : 1;
        IEnumerable<BsonDocument> input = [];
        InputFeed? feed = null;
        if (view.Catalogue.Find(name) is { } collection)
        {
            var plan = query.Plan(collection);
            if (query.Sort is not null && plan.IsSorted) done++;
            input = feed = new InputFeed(query.Scan(collection, plan));
            feed.Use(view, context.Interruption);
        }

        var rest = Pipeline.Parse([.. stages.Skip(done)], context.Variables);
        var results = rest.Run(input, ContextFor(context, view));
        // What reads other collections must see them as they are now: it runs to its end before this view closes.
        return feed is null || rest.OtherCollections.Count > 0
            ? new ListSource([.. results.Select(BsonBytes.EncodeResult)])
            : new PipelineSource(feed, results);
    }

    private static PipelineContext ContextFor(CommandContext context, IReadView view) => new(
        context.Variables,
        other => view.Catalogue.Find(context.Name(other)) is { } found
            ? view.Scan(found).Select(stored => BsonBytes.Lazy(stored.Bytes))
            : [],
        new Random((int)context.Server.Time.GetTimestamp()));

    private static BsonDocument? StageAt(BsonArray stages, int place, string name) =>
        stages.Count > place && stages[place] is BsonDocument { ElementCount: 1 } stage && stage.TryGetValue(name, out var value) ? value as BsonDocument : null;
}
