using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class PropertyCountRule(BsonElement keyword, long limit, bool isMinimum)
    : KeywordRule(keyword, "specified number of properties was not satisfied")
{
    public override bool Holds(BsonValue value) =>
        value is not BsonDocument document || (isMinimum ? document.ElementCount >= limit : document.ElementCount <= limit);

    protected override void Describe(BsonDocument details, BsonValue value) => details.Add("numberOfProperties", value.AsBsonDocument.ElementCount);
}
