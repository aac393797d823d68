using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$collStats</c>.</summary>
internal sealed class CollectionStatsStage(BsonDocument wanted) : FactsStage("$collStats")
{
    public static CollectionStatsStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$collStats", value, "latencyStats", "storageStats", "count", "queryExecStats");
        foreach (var element in value.AsBsonDocument) _ = StageArguments.Document($"$collStats {element.Name}", arguments.Required(element.Name));
        return new CollectionStatsStage(value.AsBsonDocument);
    }

    protected override IEnumerable<BsonDocument> Tell(IServerFacts facts) => [facts.CollectionStats(wanted)];
}
