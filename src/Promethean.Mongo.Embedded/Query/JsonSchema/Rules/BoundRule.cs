using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>minimum</c> and <c>maximum</c>, with <c>exclusiveMinimum</c> and <c>exclusiveMaximum</c> beside them.</summary>
internal sealed class BoundRule(BsonElement bound, BsonElement? exclusive, bool isMinimum) : KeywordRule(bound, "comparison failed")
{
    private readonly BsonValue _bound = bound.Value;
    private readonly bool _isExclusive = exclusive is { Value: BsonBoolean { Value: true } };

    public override bool Holds(BsonValue value)
    {
        if (!Numbers.IsNumber(value)) return true;
        var order = BsonOrder.Compare(value, _bound);
        return order == 0 ? !_isExclusive : order > 0 == isMinimum;
    }

    protected override BsonDocument Specified()
    {
        var specified = base.Specified();
        return exclusive is { } beside ? specified.Add(beside) : specified;
    }
}
