using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$avg</c>: a double, or a decimal if one was among the numbers; null if there were none.</summary>
internal sealed class AverageAccumulator : Accumulator
{
    private readonly NumericSum _sum = new();

    public override BsonValue? Result => _sum switch
    {
        { Count: 0 } => BsonNull.Value,
        { IsDecimal: true } => new BsonDecimal128(DecimalArithmetic.Divide(_sum.Decimal(), _sum.Count)),
        _ => new BsonDouble(_sum.Double() / _sum.Count),
    };

    public override void Add(BsonValue? value) => _sum.Add(value);
}
