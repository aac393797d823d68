using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>type</c> and <c>bsonType</c>.</summary>
internal sealed class TypeRule(BsonElement keyword, HashSet<BsonType> types) : KeywordRule(keyword, "type did not match")
{
    public bool Allows(BsonType type) => types.Contains(type);

    public override bool Holds(BsonValue value) => types.Contains(value.BsonType);

    protected override void Describe(BsonDocument details, BsonValue value)
    {
        base.Describe(details, value);
        details.Add("consideredType", BsonTypeNames.Of(value.BsonType));
    }
}
