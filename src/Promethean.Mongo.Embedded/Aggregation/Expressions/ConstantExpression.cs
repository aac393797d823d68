using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>A value as it stands.</summary>
internal sealed class ConstantExpression(BsonValue value) : Expression
{
    public BsonValue Value => value;

    public override BsonValue? Evaluate(EvaluationScope scope) => value;
}
