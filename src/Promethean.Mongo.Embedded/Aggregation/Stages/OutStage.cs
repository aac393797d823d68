using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$out</c>: the results take the place of a collection's documents.</summary>
internal sealed class OutStage(string? database, string collection) : OutputStage("$out", database, collection)
{
    public static OutStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is not (BsonString or BsonDocument))
        {
            throw MongoCommandFailedException.Location(16990, $"$out only supports a string or object argument, but found {Bson.BsonTypeNames.Of(value.BsonType)}");
        }

        if (value is BsonDocument document && document.Contains("timeseries"))
        {
            throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, "This server has no time-series collections");
        }

        var (database, collection) = Target("$out", value);
        return new OutStage(database, collection);
    }
}
