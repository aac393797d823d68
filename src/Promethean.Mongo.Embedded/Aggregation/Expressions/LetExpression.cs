using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$let</c>: the variables do not see each other.</summary>
internal sealed class LetExpression(KeyValuePair<string, Expression>[] variables, Expression body) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var inner = scope;
        foreach (var (name, expression) in variables) inner = inner.With(name, expression.Evaluate(scope));
        return body.Evaluate(inner);
    }
}
