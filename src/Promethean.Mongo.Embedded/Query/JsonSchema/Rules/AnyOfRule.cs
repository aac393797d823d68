using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>anyOf</c>.</summary>
internal sealed class AnyOfRule(Schema[] schemas) : SchemaRule
{
    public override bool Holds(BsonValue value) => Array.Exists(schemas, schema => schema.Matches(value));

    public override BsonDocument Explain(BsonValue value) =>
        new() { { "operatorName", "anyOf" }, { "schemasNotSatisfied", Indexed(schemas, value, failingOnly: false) } };
}
