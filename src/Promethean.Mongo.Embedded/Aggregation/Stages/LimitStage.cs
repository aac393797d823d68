using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$limit</c>.</summary>
internal sealed class LimitStage(long count) : Stage
{
    public long Count => count;

    public static LimitStage Parse(BsonValue value, ParseScope scope)
    {
        if (!Numbers.TryToInt64(value, out var count)) throw MongoCommandFailedException.Location(5107201, $"invalid argument to $limit stage: Expected an integer: $limit: {value}");
        return count > 0 ? new LimitStage(count) : throw MongoCommandFailedException.Location(15958, "the limit must be positive");
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var left = count;
        foreach (var document in input)
        {
            yield return document;
            if (--left == 0) yield break;
        }
    }
}
