using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>
/// <c>$redact</c>: an expression decides of each document, and of the documents within it, whether to keep it, to drop it, or to
/// decide of what is in it. Within the expression, fields and <c>$$CURRENT</c> are those of the document decided on.
/// </summary>
internal sealed class RedactStage(Expression decision) : Stage
{
    private static readonly BsonString Descend = new("descend");
    private static readonly BsonString Prune = new("prune");
    private static readonly BsonString Keep = new("keep");

    public static RedactStage Parse(BsonValue value, ParseScope scope) =>
        new(Expression.Parse(value, scope.WithSystem("ROOT").WithSystem("DESCEND").WithSystem("PRUNE").WithSystem("KEEP")));

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var variables = context.Variables.With("DESCEND", Descend).With("PRUNE", Prune).With("KEEP", Keep);
        foreach (var document in input)
        {
            if (Redact(document, variables.With("ROOT", document)) is { } redacted) yield return redacted;
        }
    }

    private BsonDocument? Redact(BsonDocument document, Variables variables)
    {
        var decided = decision.Evaluate(new EvaluationScope(document, variables));
        // Only the variables themselves decide, not strings that happen to be equal to them.
        if (ReferenceEquals(decided, Keep)) return document;
        if (ReferenceEquals(decided, Prune)) return null;
        if (!ReferenceEquals(decided, Descend))
        {
            throw MongoCommandFailedException.Location(17053, "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE");
        }

        var result = BsonCopy.Empty();
        foreach (var element in document)
        {
            if (Within(element.Value, variables) is { } value) result.Add(element.Name, value);
        }

        return result;
    }

    private BsonValue? Within(BsonValue value, Variables variables) => value switch
    {
        BsonDocument document => Redact(document, variables),
        BsonArray array => new BsonArray(array.Select(item => Within(item, variables)).OfType<BsonValue>()),
        _ => value,
    };
}
