using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary><c>$locf</c> repeats the last value for null and missing ones; <c>$linearFill</c> draws a line between the values around them.</summary>
internal sealed class FillWindow(Expression input, bool isLinear) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var values = new BsonValue?[partition.Count];
        for (var i = 0; i < values.Length; i++) values[i] = partition.Evaluate(input, i) is { } value && !Operand.IsNullish(value) ? value : BsonNull.Value;
        var last = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i]!.IsBsonNull)
            {
                if (!isLinear && last >= 0) values[i] = values[last];
                continue;
            }

            if (isLinear && last >= 0 && i - last > 1) Draw(partition, values, last, i);
            last = i;
        }

        return values;
    }

    private static void Draw(WindowPartition partition, BsonValue?[] values, int from, int to)
    {
        var (start, end) = (Place(partition, from), Place(partition, to));
        var (low, high) = (Number(values[from]!), Number(values[to]!));
        for (var i = from + 1; i < to; i++) values[i] = low + ((high - low) * ((Place(partition, i) - start) / (end - start)));
    }

    private static double Place(WindowPartition partition, int place) => partition.SortValue(place) switch
    {
        BsonDateTime date => date.MillisecondsSinceEpoch,
        var number => Number(number),
    };

    private static double Number(BsonValue value) => Numbers.IsNumber(value)
        ? Numbers.ToDouble(value)
        : throw MongoCommandFailedException.TypeMismatch($"$linearFill needs numbers, and numbers or dates to sort by, but found {Operand.TypeOf(value)}");
}
