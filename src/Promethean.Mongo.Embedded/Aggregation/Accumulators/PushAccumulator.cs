using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$push</c>; missing values are left out.</summary>
internal sealed class PushAccumulator : Accumulator
{
    private readonly BsonArray _values = [];

    public override BsonValue? Result => _values;

    public override void Add(BsonValue? value)
    {
        if (value is not null) _values.Add(value);
    }
}
