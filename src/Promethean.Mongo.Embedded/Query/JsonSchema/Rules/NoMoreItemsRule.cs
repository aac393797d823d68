using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>additionalItems: false</c>: no more items than the list of <c>items</c> names.</summary>
internal sealed class NoMoreItemsRule(BsonElement keyword, int count) : KeywordRule(keyword, "found additional items")
{
    public override bool Holds(BsonValue value) => value is not BsonArray array || array.Count <= count;

    protected override void Describe(BsonDocument details, BsonValue value) =>
        details.Add("additionalItems", new BsonArray(value.AsBsonArray.Skip(count)));
}
