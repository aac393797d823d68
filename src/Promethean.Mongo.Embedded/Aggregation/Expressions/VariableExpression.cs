using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$$name</c> and <c>$$name.path</c>.</summary>
internal sealed class VariableExpression(string name, string[] path) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope) => FieldPathExpression.Follow(scope.Variables[name], path, 0);
}
