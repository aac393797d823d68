using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$first</c>; a missing value becomes null.</summary>
internal sealed class FirstAccumulator : Accumulator
{
    private BsonValue? _value;

    public override BsonValue? Result => _value ?? BsonNull.Value;

    public override void Add(BsonValue? value) => _value ??= value ?? BsonNull.Value;
}
