using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>oneOf</c>: exactly one schema is met.</summary>
internal sealed class OneOfRule(Schema[] schemas) : SchemaRule
{
    public override bool Holds(BsonValue value) => schemas.Count(schema => schema.Matches(value)) == 1;

    public override BsonDocument Explain(BsonValue value)
    {
        var matching = Enumerable.Range(0, schemas.Length).Where(i => schemas[i].Matches(value)).ToList();
        var details = new BsonDocument("operatorName", "oneOf");
        return matching.Count == 0
            ? details.Add("schemasNotSatisfied", Indexed(schemas, value, failingOnly: false))
            : details.Add("reason", "more than one subschema matched").Add("matchingSchemaIndexes", new BsonArray(matching));
    }
}
