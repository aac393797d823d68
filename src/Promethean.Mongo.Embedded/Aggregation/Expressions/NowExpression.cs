using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$$NOW</c>.</summary>
internal sealed class NowExpression : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope) => scope.Variables.Now;
}
