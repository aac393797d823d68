using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$min</c> and <c>$max</c> in the order of all types; null and missing are passed over.</summary>
internal sealed class ExtremeAccumulator(bool greatest) : Accumulator
{
    private BsonValue? _value;

    public override BsonValue? Result => _value ?? BsonNull.Value;

    public override void Add(BsonValue? value)
    {
        if (value is null or BsonNull or BsonUndefined) return;
        if (_value is null || (greatest ? BsonOrder.Compare(value, _value) > 0 : BsonOrder.Compare(value, _value) < 0)) _value = value;
    }
}
