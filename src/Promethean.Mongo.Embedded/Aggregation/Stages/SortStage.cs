using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$sort</c>, with the limit of a <c>$limit</c> that follows.</summary>
internal sealed class SortStage(SortOrder order, int? limit) : Stage
{
    public SortOrder Order => order;

    public static SortStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is not BsonDocument document) throw MongoCommandFailedException.Location(15973, "the $sort key specification must be an object");
        return document.ElementCount > 0
            ? new SortStage(SortOrder.Parse(document), null)
            : throw MongoCommandFailedException.Location(15976, "$sort stage must have at least one sort key");
    }

    /// <summary>The same stage for when no more than the first <paramref name="count"/> documents are wanted.</summary>
    public SortStage Limited(long count) => count > int.MaxValue ? this : new SortStage(order, (int)count);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in order.Sort(input, limit)) yield return document;
    }
}
