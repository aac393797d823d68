using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary>The <c>$each</c> of <c>$push</c> and <c>$addToSet</c>.</summary>
internal static class EachClause
{
    public static BsonArray Items(string name, BsonDocument modifiers) => modifiers["$each"] as BsonArray
        ?? throw MongoCommandFailedException.BadValue(
            $"The argument to $each in {name} must be an array but it was of type: {BsonTypeNames.Of(modifiers["$each"].BsonType)}");
}
