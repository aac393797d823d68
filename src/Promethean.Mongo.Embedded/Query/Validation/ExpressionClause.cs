using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary><c>$expr</c>.</summary>
internal sealed class ExpressionClause(BsonValue specified, ParseScope scope) : ValidationClause
{
    private readonly Expression _expression = Expression.Parse(specified, scope);

    public override bool Matches(BsonDocument document, Variables variables) => Truth.Of(Evaluate(document, variables));

    public override BsonDocument Explain(BsonDocument document, Variables variables, bool inverted)
    {
        var details = new BsonDocument
        {
            { "operatorName", "$expr" },
            { "specifiedAs", new BsonDocument("$expr", specified) },
            { "reason", inverted ? "expression did match" : "expression did not match" },
        };
        return Evaluate(document, variables) is { } result ? details.Add("expressionResult", result) : details;
    }

    private BsonValue? Evaluate(BsonDocument document, Variables variables) => _expression.Evaluate(new EvaluationScope(document, variables));
}
