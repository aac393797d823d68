using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>minItems</c> and <c>maxItems</c>.</summary>
internal sealed class ItemCountRule(BsonElement keyword, long limit, bool isMinimum) : KeywordRule(keyword, "array did not match specified length")
{
    public override bool Holds(BsonValue value) => value is not BsonArray array || (isMinimum ? array.Count >= limit : array.Count <= limit);

    protected override void Describe(BsonDocument details, BsonValue value)
    {
        base.Describe(details, value);
        details.Add("numberOfItems", value.AsBsonArray.Count);
    }
}
