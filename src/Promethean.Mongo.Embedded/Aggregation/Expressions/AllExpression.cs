using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$and</c> (all are true) and <c>$or</c> (not all are false).</summary>
internal sealed class AllExpression(Expression[] conditions, bool expected) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        foreach (var condition in conditions)
        {
            if (Truth.Of(condition.Evaluate(scope)) != expected) return BsonBoolean.Create(!expected);
        }

        return BsonBoolean.Create(expected);
    }
}
