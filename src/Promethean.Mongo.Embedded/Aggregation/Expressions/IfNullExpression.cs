using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$ifNull</c>: the first value that is there and not null, else the last.</summary>
internal sealed class IfNullExpression(Expression[] candidates) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        BsonValue? value = null;
        foreach (var candidate in candidates)
        {
            value = candidate.Evaluate(scope);
            if (!Operand.IsNullish(value)) break;
        }

        return value;
    }
}
