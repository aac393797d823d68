using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>The numbers at given fractions of all, by nearest rank: exact, where MongoDB's own method is approximate.</summary>
internal sealed class PercentileAccumulator(double[] places, bool isMedian) : Accumulator
{
    private readonly List<double> _numbers = [];

    public override BsonValue? Result
    {
        get
        {
            _numbers.Sort();
            var values = places.Select(place => _numbers.Count == 0
                ? BsonNull.Value
                : (BsonValue)_numbers[Math.Max(0, (int)Math.Ceiling(place * _numbers.Count) - 1)]);
            return isMedian ? values.Single() : new BsonArray(values);
        }
    }

    public override void Add(BsonValue? value)
    {
        if (Numbers.IsNumber(value)) _numbers.Add(Numbers.ToDouble(value!));
    }
}
