using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

namespace Promethean.Mongo.Embedded.Query.JsonSchema;

/// <summary>
/// A JSON Schema in MongoDB's dialect ("$jsonSchema" in the manual): draft 4 with <c>bsonType</c>, parsed once. Immutable and safe
/// for any number of threads.
/// </summary>
internal sealed class Schema(SchemaRule[] rules, BsonElement[] annotations)
{
    /// <summary>Reads a schema.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">Code 9 for an unknown or unsupported keyword, 9 or 14 for a malformed one.</exception>
    public static Schema Parse(BsonDocument schema) => SchemaParser.Parse(schema);

    /// <summary>Whether no document can match because the schema asks for another type than an object.</summary>
    public bool RefusesObjects => Array.Exists(rules, rule => rule is TypeRule type && !type.Allows(BsonType.Document));

    /// <summary>Whether a value meets every rule.</summary>
    public bool Matches(BsonValue value)
    {
        foreach (var rule in rules)
        {
            if (!rule.Holds(value)) return false;
        }

        return true;
    }

    /// <summary>What each rule that a value breaks says about it; empty if it breaks none.</summary>
    public BsonArray Failures(BsonValue value)
    {
        var failures = new BsonArray();
        foreach (var rule in rules)
        {
            if (!rule.Holds(value)) failures.Add(rule.Explain(value));
        }

        return failures;
    }

    /// <summary>Adds the schema's <c>title</c> and <c>description</c> to what is said about it.</summary>
    public BsonDocument Annotate(BsonDocument details) => details.AddRange(annotations);
}
