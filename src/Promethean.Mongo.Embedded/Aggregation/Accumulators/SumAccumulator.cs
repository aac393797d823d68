using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$sum</c>; what is no number is passed over.</summary>
internal sealed class SumAccumulator : Accumulator
{
    private readonly NumericSum _sum = new();

    public override BsonValue? Result => _sum.Value;

    public override void Add(BsonValue? value) => _sum.Add(value);
}
