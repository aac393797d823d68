using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>A document of expressions; missing values are left out.</summary>
internal sealed class ObjectExpression(KeyValuePair<string, Expression>[] fields) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var document = new BsonDocument();
        foreach (var (name, expression) in fields)
        {
            if (expression.Evaluate(scope) is { } value) document[name] = value;
        }

        return document;
    }
}
