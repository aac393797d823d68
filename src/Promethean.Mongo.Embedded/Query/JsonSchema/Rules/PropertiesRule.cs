using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>properties</c>: a schema for each of the named fields that an object has.</summary>
internal sealed class PropertiesRule(KeyValuePair<string, Schema>[] properties) : SchemaRule
{
    public override bool Holds(BsonValue value)
    {
        if (value is not BsonDocument document) return true;
        foreach (var (name, schema) in properties)
        {
            if (document.TryGetValue(name, out var property) && !schema.Matches(property)) return false;
        }

        return true;
    }

    public override BsonDocument Explain(BsonValue value)
    {
        var document = value.AsBsonDocument;
        var failing = properties.Where(property => document.TryGetValue(property.Key, out var found) && !property.Value.Matches(found));
        return new BsonDocument
        {
            { "operatorName", "properties" },
            {
                "propertiesNotSatisfied", new BsonArray(failing.Select(property => property.Value
                    .Annotate(new BsonDocument("propertyName", property.Key))
                    .Add("details", property.Value.Failures(document[property.Key]))))
            },
        };
    }
}
