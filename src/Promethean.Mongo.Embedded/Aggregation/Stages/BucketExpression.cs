using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>The lower boundary of the range a value falls into.</summary>
internal sealed class BucketExpression(Expression value, BsonValue[] boundaries, BsonValue? otherwise) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var key = value.Evaluate(scope) ?? BsonNull.Value;
        var at = Array.BinarySearch(boundaries, key, BsonOrder.Instance);
        if (at < 0) at = ~at - 1;
        if (at >= 0 && at < boundaries.Length - 1) return boundaries[at];
        return otherwise ?? throw MongoCommandFailedException.Location(
            40066, "$switch could not find a matching branch for an input, and no default was specified.");
    }
}
