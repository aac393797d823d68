using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>enum</c>.</summary>
internal sealed class EnumRule(BsonElement keyword) : KeywordRule(keyword, "value was not found in enum")
{
    private readonly HashSet<BsonValue> _values = new(keyword.Value.AsBsonArray.Select(SchemaValues.Canonical), BsonOrder.Instance);

    public override bool Holds(BsonValue value) => _values.Contains(SchemaValues.Canonical(value));
}
