using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary>
/// <c>additionalProperties</c>: a schema for the fields that neither <c>properties</c> nor <c>patternProperties</c> is about, or, if
/// there is none, that there be no such fields.
/// </summary>
internal sealed class AdditionalPropertiesRule(HashSet<string> properties, PatternPropertiesRule? patterns, Schema? schema) : SchemaRule
{
    private const string Keyword = "additionalProperties";

    public override bool Holds(BsonValue value) => value is not BsonDocument document || !Failing(document).Any();

    public override BsonDocument Explain(BsonValue value)
    {
        var failing = Failing(value.AsBsonDocument);
        if (schema is null)
        {
            return new BsonDocument
            {
                { "operatorName", Keyword },
                { "specifiedAs", new BsonDocument(Keyword, false) },
                { Keyword, new BsonArray(failing.Select(field => field.Name)) },
            };
        }

        var first = failing.First();
        return schema.Annotate(new BsonDocument("operatorName", Keyword)).AddRange(new BsonDocument
        {
            { "reason", "at least one additional property did not match the subschema" },
            { "failingProperty", first.Name },
            { "details", schema.Failures(first.Value) },
        });
    }

    private IEnumerable<BsonElement> Failing(BsonDocument document) => document.Where(field =>
        !properties.Contains(field.Name) && patterns?.Covers(field.Name) != true && schema?.Matches(field.Value) != true);
}
