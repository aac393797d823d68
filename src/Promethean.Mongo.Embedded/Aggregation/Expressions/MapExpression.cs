using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$map</c>.</summary>
internal sealed class MapExpression(Expression input, string variable, Expression body) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var value = input.Evaluate(scope);
        if (Operand.IsNullish(value)) return BsonNull.Value;
        var array = Operand.Array(value, "$map", 16883);
        var result = new BsonArray(array.Count);
        foreach (var item in array) result.Add(body.Evaluate(scope.With(variable, item)) ?? BsonNull.Value);
        return result;
    }
}
