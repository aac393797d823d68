using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$skip</c>.</summary>
internal sealed class SkipStage(long count) : Stage
{
    public static SkipStage Parse(BsonValue value, ParseScope scope) => Numbers.TryToInt64(value, out var count) && count >= 0
        ? new SkipStage(count)
        : throw MongoCommandFailedException.Location(5107200, $"invalid argument to $skip stage: Expected a non-negative number in: $skip: {value}");

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var left = count;
        foreach (var document in input)
        {
            if (left > 0) left--;
            else yield return document;
        }
    }
}
