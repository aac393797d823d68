using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Query.JsonSchema;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary><c>$jsonSchema</c>.</summary>
internal sealed class SchemaMatcher(Schema schema) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position) => schema.Matches(document);
}
