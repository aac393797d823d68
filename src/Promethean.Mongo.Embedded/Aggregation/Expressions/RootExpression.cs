using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$$ROOT</c> and <c>$$CURRENT</c>.</summary>
internal sealed class RootExpression : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope) => scope.Root;
}
