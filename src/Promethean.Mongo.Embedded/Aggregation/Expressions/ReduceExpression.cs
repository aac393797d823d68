using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$reduce</c>: <c>$$value</c> is what has been made so far, <c>$$this</c> the element.</summary>
internal sealed class ReduceExpression(Expression input, Expression initial, Expression body) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var value = input.Evaluate(scope);
        if (Operand.IsNullish(value)) return BsonNull.Value;
        var array = Operand.Array(value, "$reduce", 40080);
        var result = initial.Evaluate(scope);
        foreach (var item in array) result = body.Evaluate(scope.With("this", item).With("value", result));
        return result;
    }
}
