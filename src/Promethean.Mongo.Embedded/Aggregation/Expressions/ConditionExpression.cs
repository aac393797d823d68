using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$cond</c> and <c>$switch</c>: the first case that is true.</summary>
internal sealed class ConditionExpression((Expression If, Expression Then)[] cases, Expression? otherwise) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        foreach (var (condition, result) in cases)
        {
            if (Truth.Of(condition.Evaluate(scope))) return result.Evaluate(scope);
        }

        return otherwise is null
            ? throw MongoCommandFailedException.Location(40066, "$switch could not find a matching branch for an input, and no default was specified.")
            : otherwise.Evaluate(scope);
    }
}
