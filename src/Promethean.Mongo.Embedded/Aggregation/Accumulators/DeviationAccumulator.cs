using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary><c>$stdDevPop</c> and <c>$stdDevSamp</c>, by Welford's method.</summary>
internal sealed class DeviationAccumulator(bool ofSample) : Accumulator
{
    private long _count;
    private double _mean;
    private double _squares;

    public override BsonValue? Result
    {
        get
        {
            var degrees = ofSample ? _count - 1 : _count;
            return degrees <= 0 ? BsonNull.Value : Math.Sqrt(_squares / degrees);
        }
    }

    public override void Add(BsonValue? value)
    {
        if (!Numbers.IsNumber(value)) return;
        var number = Numbers.ToDouble(value!);
        _count++;
        var distance = number - _mean;
        _mean += distance / _count;
        _squares += distance * (number - _mean);
    }
}
