using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>
/// <c>$firstN</c>, <c>$lastN</c>, <c>$minN</c> and <c>$maxN</c>. What is added is a pair, <c>[n, input]</c>, as
/// <see cref="AccumulatorSyntax"/> makes it; no more than n values are kept.
/// </summary>
internal sealed class SelectionAccumulator(string name) : Accumulator
{
    private readonly List<BsonValue> _kept = [];

    public override BsonValue? Result => new BsonArray(_kept);

    public override void Add(BsonValue? value)
    {
        var pair = value!.AsBsonArray;
        var (n, input) = (SelectionOperators.Count(pair[0], name), pair[1]);
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
                if (!Operand.IsNullish(input)) Insert(input, n);
                break;
        }
    }

    private void Insert(BsonValue input, int n)
    {
        var sign = name == "$minN" ? 1 : -1;
        var place = _kept.Count;
        while (place > 0 && sign * BsonOrder.Compare(_kept[place - 1], input) > 0) place--;
        if (place >= n) return;
        _kept.Insert(place, input);
        if (_kept.Count > n) _kept.RemoveAt(n);
    }
}
