using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfRule(Schema[] schemas) : SchemaRule
{
    public override bool Holds(BsonValue value) => Array.TrueForAll(schemas, schema => schema.Matches(value));

    public override BsonDocument Explain(BsonValue value) =>
        new() { { "operatorName", "allOf" }, { "schemasNotSatisfied", Indexed(schemas, value, failingOnly: true) } };
}
