using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>What a pipeline may ask the server about its collection and its clients.</summary>
internal interface IServerFacts
{
    /// <summary>The one document of <c>$collStats</c>; <paramref name="wanted"/> names its parts.</summary>
    BsonDocument CollectionStats(BsonDocument wanted);

    /// <summary>A document for each index, as <c>$indexStats</c> returns them.</summary>
    IEnumerable<BsonDocument> IndexStats();

    /// <summary>A document for each session of a client.</summary>
    IEnumerable<BsonDocument> LocalSessions();
}
