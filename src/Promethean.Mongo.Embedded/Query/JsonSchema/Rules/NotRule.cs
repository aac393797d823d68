using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>not</c>.</summary>
internal sealed class NotRule(Schema schema) : SchemaRule
{
    public override bool Holds(BsonValue value) => !schema.Matches(value);

    public override BsonDocument Explain(BsonValue value) => new() { { "operatorName", "not" }, { "reason", "child expression matched" } };
}
