using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary>What one keyword of a schema asks of a value. A rule about one type holds for values of any other. Immutable.</summary>
internal abstract class SchemaRule
{
    /// <summary>Whether the value meets the rule.</summary>
    public abstract bool Holds(BsonValue value);

    /// <summary>Says how a value for which <see cref="Holds"/> is false breaks the rule, in the form of a validation error's details.</summary>
    public abstract BsonDocument Explain(BsonValue value);

    /// <summary>The details of a list of schemas that were not met, each with its place.</summary>
    protected static BsonArray Indexed(IEnumerable<Schema> schemas, BsonValue value, bool failingOnly) => new(schemas
        .Select((schema, index) => (schema, index))
        .Where(item => !failingOnly || !item.schema.Matches(value))
        .Select(item => item.schema.Annotate(new BsonDocument("index", item.index)).Add("details", item.schema.Failures(value))));
}
