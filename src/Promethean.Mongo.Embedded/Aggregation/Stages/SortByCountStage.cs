using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$sortByCount</c>: groups by an expression, the largest group first.</summary>
internal sealed class SortByCountStage(GroupStage group) : Stage
{
    private static readonly SortOrder ByCount = SortOrder.Parse(new BsonDocument("count", -1));

    public static SortByCountStage Parse(BsonValue value, ParseScope scope) => new(
        GroupStage.Parse(new BsonDocument { { "_id", value }, { "count", new BsonDocument("$sum", 1) } }, scope));

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context) => ByCount.Sort(group.Run(input, context));
}
