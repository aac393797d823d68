using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>items</c> as a list: a schema for each place of an array, as far as both reach.</summary>
internal sealed class TupleRule(Schema[] schemas) : SchemaRule
{
    public override bool Holds(BsonValue value)
    {
        if (value is not BsonArray array) return true;
        for (var i = 0; i < schemas.Length && i < array.Count; i++)
        {
            if (!schemas[i].Matches(array[i])) return false;
        }

        return true;
    }

    public override BsonDocument Explain(BsonValue value)
    {
        var details = new BsonArray();
        var array = value.AsBsonArray;
        for (var i = 0; i < schemas.Length && i < array.Count; i++)
        {
            if (schemas[i].Matches(array[i])) continue;
            details.Add(schemas[i].Annotate(new BsonDocument("itemIndex", i)).Add("details", schemas[i].Failures(array[i])));
        }

        return new BsonDocument { { "operatorName", "items" }, { "details", details } };
    }
}
