using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>
/// <c>$top</c>, <c>$topN</c>, <c>$bottom</c> and <c>$bottomN</c>. What is added is <c>[document, output]</c>, as
/// <see cref="AccumulatorSyntax"/> makes it; no more than n outputs are kept.
/// </summary>
internal sealed class RankedAccumulator(string name, SortOrder order, int n) : Accumulator
{
    private readonly List<(BsonValue[] Key, BsonValue Output)> _kept = [];

    private bool IsSingle => name is "$top" or "$bottom";

    private bool IsTop => name is "$top" or "$topN";

    public override BsonValue? Result => IsSingle
        ? _kept.Count == 0 ? BsonNull.Value : _kept[0].Output
        : new BsonArray(_kept.Select(kept => kept.Output));

    public override void Add(BsonValue? value)
    {
        var pair = value!.AsBsonArray;
        var key = order.KeyOf(pair[0].AsBsonDocument);
        // The kept ones stand in the order of the sort; equal ones as they came.
        var place = _kept.Count;
        while (place > 0 && order.CompareKeys(_kept[place - 1].Key, key) > 0) place--;
        _kept.Insert(place, (key, pair[1]));
        if (_kept.Count > n) _kept.RemoveAt(IsTop ? n : 0);
    }
}
