using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>What a command that is explained looks for, and the stage that it does with what it finds.</summary>
internal sealed class ExplainSubject
{
    public required DocumentQuery Query { get; init; }

    public long Skip { get; private init; }

    public long Limit { get; private init; } = long.MaxValue;

    /// <summary>How many matches are needed at most.</summary>
    public int Most => (int)Math.Min(int.MaxValue, Limit >= int.MaxValue ? int.MaxValue : Skip + Limit);

    /// <summary>COUNT, UPDATE, DELETE, or null for a command that returns documents.</summary>
    private string? Stage { get; init; }

    private BsonDocument? Projection { get; init; }

    /// <exception cref="MongoCommandFailedException">Code 115: such a command is not explained here; others: it is malformed.</exception>
    public static ExplainSubject Of(ICommand command, CommandContext context)
    {
        var arguments = context.Arguments;
        switch (command)
        {
            case FindCommand:
                return new ExplainSubject
                {
                    Query = FindCommand.QueryOf(context),
                    Skip = arguments.OptionalCount("skip") ?? 0,
                    Limit = arguments.OptionalCount("limit") is { } most and > 0 ? most : long.MaxValue,
                    Projection = arguments.OptionalDocument("projection") is { ElementCount: > 0 } projection ? projection : null,
                };
            case CountCommand:
                return new ExplainSubject
                {
                    Query = QueryOf(arguments.Document("query"), context, arguments.Optional("hint")),
                    Skip = arguments.OptionalCount("skip") ?? 0,
                    Limit = arguments.OptionalCount("limit") is { } counted and > 0 ? counted : long.MaxValue,
                    Stage = "COUNT",
                };
            case DistinctCommand:
                return new ExplainSubject { Query = QueryOf(arguments.Document("query"), context, arguments.Optional("hint")) };
            case AggregateCommand:
                return new ExplainSubject { Query = AggregateCommand.LeadingQuery(context, arguments.RequiredArray("pipeline")) };
            case FindAndModifyCommand:
                return new ExplainSubject { Query = DocumentChange.Parse(context).Query, Limit = 1, Stage = arguments.Boolean("remove") ? "DELETE" : "UPDATE" };
            case UpdateCommand or DeleteCommand:
                var field = command is UpdateCommand ? "updates" : "deletes";
                if (arguments.RequiredArray(field) is not [BsonDocument statement] || statement.GetValue("q", BsonNull.Value) is not BsonDocument filter)
                    throw MongoCommandFailedException.BadValue($"explained write batches must be of size 1, with a filter '{field}.q'");
                return new ExplainSubject { Query = QueryOf(filter, context, statement.GetValue("hint", BsonNull.Value)), Stage = command is UpdateCommand ? "UPDATE" : "DELETE" };
            default:
                throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, $"This server does not explain the command '{context.Request.Name}'");
        }
    }

    /// <summary>Whether only the keys of an index are counted.</summary>
    public bool CountsKeys(QueryPlan plan) => Stage == "COUNT" && CoveredCount.Applies(Query.Query, plan);

    public BsonDocument Describe(QueryPlan plan)
    {
        if (CountsKeys(plan)) return PlanDescription.Around(PlanDescription.Keys("COUNT_SCAN", plan), "COUNT");
        var stage = PlanDescription.Of(plan, Query);
        if (Projection is not null) stage = PlanDescription.Around(stage, "PROJECTION_DEFAULT", new BsonElement("transformBy", Projection));
        if (Skip > 0 && Stage is null) stage = PlanDescription.Around(stage, "SKIP", new BsonElement("skipAmount", Skip));
        if (Limit < long.MaxValue && Stage is null) stage = PlanDescription.Around(stage, "LIMIT", new BsonElement("limitAmount", Limit));
        return Stage is null ? stage : PlanDescription.Around(stage, Stage);
    }

    private static DocumentQuery QueryOf(BsonDocument filter, CommandContext context, BsonValue? hint) => DocumentQuery.Parse(filter, context.Variables, hint: hint);
}
