using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>explain</c>: how a find, aggregate, count, distinct, findAndModify, update or delete would look for its documents.</summary>
internal sealed class ExplainCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["explain"];

    public IReadOnlyList<string> Fields { get; } = ["verbosity"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        if (context.Request.Body[0] is not BsonDocument { ElementCount: > 0 } explained) throw MongoCommandFailedException.TypeMismatch("explain needs a command to explain");
        var verbosity = context.Arguments.Optional("verbosity") ?? "allPlansExecution";
        if (verbosity is not BsonString { Value: "queryPlanner" or "executionStats" or "allPlansExecution" })
            throw MongoCommandFailedException.BadValue("verbosity string must be one of {'queryPlanner', 'executionStats', 'allPlansExecution'}");
        var inner = new CommandContext(
            context.Server, new CommandRequest { Body = explained, Database = context.Database }, context.ConnectionId, context.Stopping);
        if (CommandTable.Find(inner.Request.Name) is not { } command) throw new MongoCommandFailedException(MongoErrorCode.CommandNotFound, $"Explain failed due to unknown command: {inner.Request.Name}");
        GenericFields.Check(command, inner);
        var subject = ExplainSubject.Of(command, inner);
        using var view = context.OpenView();
        var collection = view.Catalogue.Find(inner.Collection);
        var plan = collection is null ? null : subject.Query.Plan(collection);
        var planner = new BsonDocument
        {
            { "namespace", inner.Collection.ToString() },
            { "parsedQuery", subject.Query.Query },
            { "indexFilterSet", false },
            { "winningPlan", plan is null ? new BsonDocument("stage", "EOF") : subject.Describe(plan) },
            { "rejectedPlans", new BsonArray() },
        };
        var reply = CommandReply.Ok(new("explainVersion", "1"), new("queryPlanner", planner));
        if (verbosity != "queryPlanner")
        {
            reply.Body.Add("executionStats", collection is null
                ? Stats(0, TimeSpan.Zero, 0, 0, new BsonDocument { { "stage", "EOF" }, { "nReturned", 0L } })
                : Execute(context, view, collection, subject, plan!));
        }

        reply.Body.Add("command", explained);
        reply.Body.Add("serverInfo", new BsonDocument
        {
            { "host", context.Server.Host.Split(':')[0] },
            { "port", int.Parse(context.Server.Host.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture) },
            { "version", WireLimits.ServerVersion },
        });
        return ValueTask.FromResult(reply);
    }

    private static BsonDocument Execute(CommandContext context, IReadView view, CollectionDefinition collection, ExplainSubject subject, QueryPlan plan)
    {
        var started = context.Server.Time.GetTimestamp();
        long found;
        var (keys, documents) = (0L, 0L);
        if (subject.CountsKeys(plan))
        {
            found = keys = CoveredCount.Count(view, plan, context.Interruption);
        }
        else
        {
            var scan = subject.Query.Scan(collection, plan);
            var matches = scan.Continue(view, context.Interruption);
            // What is sorted afterwards must be read to its end; the order of an index lets the reading stop.
            found = (plan.IsSorted ? matches.Take(subject.Most) : matches).LongCount();
            (keys, documents) = (scan.Documents.KeysExamined, scan.Documents.DocumentsExamined);
        }

        var returned = Math.Min(subject.Limit, Math.Max(0, found - subject.Skip));
        var stages = subject.Describe(plan);
        stages.InsertAt(1, new BsonElement("nReturned", returned));
        var source = stages;
        while (source.TryGetValue("inputStage", out var input)) source = input.AsBsonDocument;
        source.Add(keys == 0 ? "docsExamined" : "keysExamined", keys == 0 ? documents : keys);
        return Stats(returned, context.Server.Time.GetElapsedTime(started), keys, documents, stages);
    }

    private static BsonDocument Stats(long returned, TimeSpan time, long keys, long documents, BsonDocument stages) => new()
    {
        { "executionSuccess", true },
        { "nReturned", returned },
        { "executionTimeMillis", (long)time.TotalMilliseconds },
        { "totalKeysExamined", keys },
        { "totalDocsExamined", documents },
        { "executionStages", stages },
    };
}
