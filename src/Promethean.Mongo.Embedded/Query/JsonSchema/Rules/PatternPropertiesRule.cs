using System.Text.RegularExpressions;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>patternProperties</c>: a schema for the fields whose name a regular expression is found in.</summary>
internal sealed class PatternPropertiesRule(KeyValuePair<Regex, Schema>[] patterns) : SchemaRule
{
    /// <summary>Whether one of the patterns is about a field.</summary>
    public bool Covers(string name) => Array.Exists(patterns, pattern => MongoRegex.IsMatch(pattern.Key, name));

    public override bool Holds(BsonValue value) => value is not BsonDocument document || !Failing(document).Any();

    public override BsonDocument Explain(BsonValue value) => new()
    {
        { "operatorName", "patternProperties" },
        {
            "details", new BsonArray(Failing(value.AsBsonDocument).Select(failing => failing.Schema
                .Annotate(new BsonDocument { { "propertyName", failing.Field.Name }, { "regexMatched", failing.Pattern.ToString() } })
                .Add("details", failing.Schema.Failures(failing.Field.Value))))
        },
    };

    private IEnumerable<(BsonElement Field, Regex Pattern, Schema Schema)> Failing(BsonDocument document)
    {
        foreach (var field in document)
        {
            foreach (var (pattern, schema) in patterns)
            {
                if (MongoRegex.IsMatch(pattern, field.Name) && !schema.Matches(field.Value)) yield return (field, pattern, schema);
            }
        }
    }
}
