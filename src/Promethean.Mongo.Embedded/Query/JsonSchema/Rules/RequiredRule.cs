using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>required</c>: fields an object must have.</summary>
internal sealed class RequiredRule(string[] names) : SchemaRule
{
    public override bool Holds(BsonValue value) => value is not BsonDocument document || Array.TrueForAll(names, document.Contains);

    public override BsonDocument Explain(BsonValue value) => new()
    {
        { "operatorName", "required" },
        { "specifiedAs", new BsonDocument("required", new BsonArray(names)) },
        { "missingProperties", new BsonArray(names.Where(name => !value.AsBsonDocument.Contains(name)).Order(StringComparer.Ordinal)) },
    };
}
