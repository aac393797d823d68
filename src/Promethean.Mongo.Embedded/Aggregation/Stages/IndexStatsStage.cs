using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$indexStats</c>.</summary>
internal sealed class IndexStatsStage() : FactsStage("$indexStats")
{
    public static IndexStatsStage Parse(BsonValue value, ParseScope scope) => value is BsonDocument { ElementCount: 0 }
        ? new IndexStatsStage()
        : throw MongoCommandFailedException.Location(28803, "The $indexStats stage specification must be an empty object");

    protected override IEnumerable<BsonDocument> Tell(IServerFacts facts) => facts.IndexStats();
}
