using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>uniqueItems: true</c>.</summary>
internal sealed class UniqueItemsRule(BsonElement keyword) : KeywordRule(keyword, "found a duplicate item")
{
    public override bool Holds(BsonValue value) => value is not BsonArray array || SchemaValues.FirstDuplicate(array) is null;

    protected override void Describe(BsonDocument details, BsonValue value)
    {
        base.Describe(details, value);
        details.Add("duplicatedValue", SchemaValues.FirstDuplicate(value.AsBsonArray));
    }
}
