using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>
/// <c>$derivative</c>, the slope between the ends of a window, and <c>$integral</c>, the area under it by trapezoids, over numbers or,
/// with a unit, over time.
/// </summary>
internal sealed class SlopeWindow(string name, Expression input, long? unit, WindowFrame frame) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var results = new BsonValue?[partition.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var (start, end) = frame.Of(partition, i);
            results[i] = name == "$derivative" ? Slope(partition, start, end) : Area(partition, start, end);
        }

        return results;
    }

    private BsonValue Slope(WindowPartition partition, int start, int end)
    {
        if (end - start < 2) return BsonNull.Value;
        var run = X(partition, end - 1) - X(partition, start);
        var (first, last) = (partition.Evaluate(input, start), partition.Evaluate(input, end - 1));
        return run == 0 || !Numbers.IsNumber(first) || !Numbers.IsNumber(last)
            ? BsonNull.Value
            : new BsonDouble((Numbers.ToDouble(last!) - Numbers.ToDouble(first!)) / run);
    }

    private BsonValue Area(WindowPartition partition, int start, int end)
    {
        var area = 0.0;
        (double X, double Y)? before = null;
        var isEmpty = true;
        for (var i = start; i < end; i++)
        {
            // What is no number is passed over.
            if (partition.Evaluate(input, i) is not { } value || !Numbers.IsNumber(value)) continue;
            isEmpty = false;
            var point = (X: X(partition, i), Y: Numbers.ToDouble(value));
            if (before is { } last) area += (point.X - last.X) * (point.Y + last.Y) / 2;
            before = point;
        }

        return isEmpty ? BsonNull.Value : new BsonDouble(area);
    }

    private double X(WindowPartition partition, int place)
    {
        var value = partition.SortValue(place);
        return (value, unit) switch
        {
            (BsonDateTime date, { } length) => (double)date.MillisecondsSinceEpoch / length,
            (_, null) when Numbers.IsNumber(value) => Numbers.ToDouble(value),
            _ => throw MongoCommandFailedException.Location(5624900, $"{name} needs numbers to sort by, or dates and a 'unit', but found {Operand.TypeOf(value)}"),
        };
    }
}
