using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary>One schema for the items of an array from a place on: <c>items</c>, or <c>additionalItems</c> after a list of <c>items</c>.</summary>
internal sealed class ItemsRule(string keyword, Schema schema, int from, string reason) : SchemaRule
{
    public override bool Holds(BsonValue value) => FirstFailing(value) < 0;

    public override BsonDocument Explain(BsonValue value)
    {
        var index = FirstFailing(value);
        return schema.Annotate(new BsonDocument("operatorName", keyword)).AddRange(new BsonDocument
        {
            { "reason", reason },
            { "itemIndex", index },
            { "details", schema.Failures(value[index]) },
        });
    }

    private int FirstFailing(BsonValue value)
    {
        if (value is not BsonArray array) return -1;
        for (var i = from; i < array.Count; i++)
        {
            if (!schema.Matches(array[i])) return i;
        }

        return -1;
    }
}
