using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>explain</c>: how a find, aggregate, count, distinct, update or delete would look for its documents.</summary>
internal sealed class ExplainCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["explain"];

    public IReadOnlyList<string> Fields { get; } = ["verbosity"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        if (context.Request.Body[0] is not BsonDocument { ElementCount: > 0 } explained) throw MongoCommandFailedException.TypeMismatch("explain needs a command to explain");
        var inner = new CommandContext(
            context.Server, new CommandRequest { Body = explained, Database = context.Database }, context.Client, context.Stopping);
        if (CommandTable.Find(inner.Request.Name) is not { } command) throw new MongoCommandFailedException(MongoErrorCode.CommandNotFound, $"Explain failed due to unknown command: {inner.Request.Name}");
        GenericFields.Check(command, inner);
        var (query, filter) = QueryOf(command, inner);
        using var view = context.OpenView();
        var collection = view.Catalogue.Find(inner.Collection);
        var plan = collection is null ? null : query.Plan(collection);
        var planner = new BsonDocument
        {
            { "namespace", inner.Collection.ToString() },
            { "parsedQuery", filter },
            { "winningPlan", plan is null ? new BsonDocument("stage", "EOF") : Describe(plan, query) },
            { "rejectedPlans", new BsonArray() },
        };
        var reply = CommandReply.Ok(new("explainVersion", "1"), new("queryPlanner", planner));
        if (context.Arguments.Optional("verbosity") is not BsonString { Value: "queryPlanner" } && collection is not null)
        {
            var returned = query.Scan(collection, plan!).Continue(view, context.Interruption).LongCount();
            var examined = new DocumentScan(collection, plan!).Continue(view).LongCount();
            reply.Body.Add("executionStats", new BsonDocument
            {
                { "executionSuccess", true },
                { "nReturned", returned },
                { "totalKeysExamined", plan!.Index is null ? 0L : examined },
                { "totalDocsExamined", examined },
            });
        }

        return ValueTask.FromResult(reply);
    }

    private static (DocumentQuery Query, BsonDocument Filter) QueryOf(ICommand command, CommandContext context)
    {
        var arguments = context.Arguments;
        switch (command)
        {
            case FindCommand:
                return (FindCommand.QueryOf(context), arguments.Document("filter"));
            case CountCommand or DistinctCommand:
                var query = arguments.Document("query");
                return (DocumentQuery.Parse(query, context.Variables, hint: arguments.Optional("hint")), query);
            case AggregateCommand:
                var stages = arguments.RequiredArray("pipeline");
                return (AggregateCommand.LeadingQuery(context, stages), AggregateCommand.LeadingMatch(stages) ?? []);
            case UpdateCommand or DeleteCommand:
                var statement = arguments.RequiredArray(command is UpdateCommand ? "updates" : "deletes")[0].AsBsonDocument;
                var filter = statement["q"].AsBsonDocument;
                return (DocumentQuery.Parse(filter, context.Variables, hint: statement.GetValue("hint", BsonNull.Value)), filter);
            default:
                throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, $"This server does not explain the command '{context.Request.Name}'");
        }
    }

    private static BsonDocument Describe(QueryPlan plan, DocumentQuery query)
    {
        var source = new BsonDocument("stage", plan.Stage);
        if (plan.Index is { } index)
        {
            source.Add("keyPattern", index.Key);
            source.Add("indexName", index.Name);
            if (!plan.IsIdLookup)
            {
                source.Add("isMultiKey", index.IsMultikey);
                source.Add("isUnique", index.IsUnique);
                source.Add("isSparse", index.IsSparse);
                source.Add("isPartial", index.Partial is not null);
                source.Add("ranges", plan.Ranges.Count);
            }
        }

        if (!plan.IsIdLookup) source.Add("direction", plan.Backward ? "backward" : "forward");
        var stage = plan.Index is null || plan.IsIdLookup ? source : new BsonDocument { { "stage", "FETCH" }, { "inputStage", source } };
        if (plan.IsSorted) return stage;
        var pattern = new BsonDocument(query.Sort!.Paths.Select((path, i) => new BsonElement(path.Text, query.Sort.Descending[i] ? -1 : 1)));
        return new BsonDocument { { "stage", "SORT" }, { "sortPattern", pattern }, { "inputStage", stage } };
    }
}
