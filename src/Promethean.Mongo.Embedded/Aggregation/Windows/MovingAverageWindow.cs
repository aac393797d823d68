using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary><c>$expMovingAvg</c>: what is no number leaves the average as it is.</summary>
internal sealed class MovingAverageWindow(Expression input, double alpha) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var averages = new BsonValue?[partition.Count];
        double? average = null;
        for (var i = 0; i < averages.Length; i++)
        {
            if (partition.Evaluate(input, i) is { } value && Numbers.IsNumber(value))
            {
                var number = Numbers.ToDouble(value);
                average = average is { } before ? (number * alpha) + (before * (1 - alpha)) : number;
            }

            averages[i] = average is { } known ? known : BsonNull.Value;
        }

        return averages;
    }
}
