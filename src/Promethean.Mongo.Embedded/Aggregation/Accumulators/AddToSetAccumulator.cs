using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$addToSet</c>: each value once, in the order of first appearance; missing values are left out.</summary>
internal sealed class AddToSetAccumulator : Accumulator
{
    private readonly HashSet<BsonValue> _known = new(BsonOrder.Instance);
    private readonly BsonArray _values = [];

    public override BsonValue? Result => _values;

    public override void Add(BsonValue? value)
    {
        if (value is not null && _known.Add(value)) _values.Add(value);
    }
}
