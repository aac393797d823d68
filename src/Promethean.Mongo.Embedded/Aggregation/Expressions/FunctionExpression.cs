using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>An operator whose arguments are all evaluated first.</summary>
internal sealed class FunctionExpression(Expression?[] arguments, Func<BsonValue?[], BsonValue?> function) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var values = new BsonValue?[arguments.Length];
        for (var i = 0; i < values.Length; i++) values[i] = arguments[i]?.Evaluate(scope);
        return function(values);
    }
}
