using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>multipleOf</c>, in decimal arithmetic, so that 0.3 is a multiple of 0.1.</summary>
internal sealed class MultipleRule(BsonElement keyword) : KeywordRule(keyword, "considered value is not a multiple of the specified value")
{
    private readonly Decimal128 _divisor = DecimalArithmetic.From(keyword.Value);

    public override bool Holds(BsonValue value) =>
        !Numbers.IsNumber(value) || Decimal128.IsZero(DecimalArithmetic.Remainder(DecimalArithmetic.From(value), _divisor));
}
