using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>An array of expressions; a missing value becomes null.</summary>
internal sealed class ArrayExpression(Expression[] items) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var array = new BsonArray(items.Length);
        foreach (var item in items) array.Add(item.Evaluate(scope) ?? BsonNull.Value);
        return array;
    }
}
