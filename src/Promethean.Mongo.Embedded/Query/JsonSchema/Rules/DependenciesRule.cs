using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>dependencies</c>: what an object that has one field must have or meet besides.</summary>
internal sealed class DependenciesRule(KeyValuePair<string, string[]>[] fields, KeyValuePair<string, Schema>[] schemas) : SchemaRule
{
    public override bool Holds(BsonValue value) => value is not BsonDocument document
        || (fields.All(field => !document.Contains(field.Key) || Array.TrueForAll(field.Value, document.Contains))
            && schemas.All(schema => !document.Contains(schema.Key) || schema.Value.Matches(document)));

    public override BsonDocument Explain(BsonValue value)
    {
        var document = value.AsBsonDocument;
        var failing = new BsonArray();
        foreach (var (name, needed) in fields.Where(field => document.Contains(field.Key)))
        {
            var missing = new BsonArray(needed.Where(other => !document.Contains(other)));
            if (missing.Count > 0) failing.Add(new BsonDocument { { "conditionalProperty", name }, { "missingProperties", missing } });
        }

        foreach (var (name, schema) in schemas.Where(schema => document.Contains(schema.Key)))
        {
            if (schema.Matches(document)) continue;
            failing.Add(schema.Annotate(new BsonDocument("conditionalProperty", name)).Add("details", schema.Failures(document)));
        }

        return new BsonDocument { { "operatorName", "dependencies" }, { "failingDependencies", failing } };
    }
}
