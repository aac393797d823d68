using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$listLocalSessions</c>: every session, whoever asks, as there are no users to tell apart.</summary>
internal sealed class LocalSessionsStage() : FactsStage("$listLocalSessions")
{
    public static LocalSessionsStage Parse(BsonValue value, ParseScope scope)
    {
        _ = new StageArguments("$listLocalSessions", value, "allUsers", "users");
        return new LocalSessionsStage();
    }

    protected override IEnumerable<BsonDocument> Tell(IServerFacts facts) => facts.LocalSessions();
}
