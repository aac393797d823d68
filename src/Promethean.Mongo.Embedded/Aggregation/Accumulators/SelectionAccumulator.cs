using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$firstN</c>, <c>$lastN</c>, <c>$minN</c> and <c>$maxN</c>; no more than n values are kept.</summary>
internal sealed class SelectionAccumulator(string name, int n) : Accumulator
{
    private readonly List<BsonValue> _kept = [];

    public override BsonValue? Result => new BsonArray(_kept);

    public override void Add(BsonValue? value)
    {
        var input = value ?? BsonNull.Value;
        switch (name)
        {
            case "$firstN":
                if (_kept.Count < n) _kept.Add(input);
                break;
            case "$lastN":
                _kept.Add(input);
                if (_kept.Count > n) _kept.RemoveAt(0);
                break;
            default:
                if (!Operand.IsNullish(input)) Insert(input);
                break;
        }
    }

    private void Insert(BsonValue input)
    {
        var sign = name == "$minN" ? 1 : -1;
        var place = _kept.Count;
        while (place > 0 && sign * BsonOrder.Compare(_kept[place - 1], input) > 0) place--;
        if (place >= n) return;
        _kept.Insert(place, input);
        if (_kept.Count > n) _kept.RemoveAt(n);
    }
}
