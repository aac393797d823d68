using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>An accumulator over the documents of a window.</summary>
internal sealed class AccumulatingWindow(Expression value, Func<Accumulator> create, WindowFrame frame) : WindowFunction
{
    public override BsonValue?[] Compute(WindowPartition partition)
    {
        var values = new BsonValue?[partition.Count];
        for (var i = 0; i < values.Length; i++) values[i] = partition.Evaluate(value, i);
        var results = new BsonValue?[values.Length];
        var growing = create();
        var taken = 0;
        for (var i = 0; i < results.Length; i++)
        {
            var (start, end) = frame.Of(partition, i);
            var accumulator = frame.Grows ? growing : create();
            for (var j = frame.Grows ? taken : start; j < end; j++) accumulator.Add(values[j]);
            taken = Math.Max(taken, end);
            // An accumulator may go on filling the array it has returned.
            results[i] = accumulator.Result is BsonArray array ? new BsonArray(array) : accumulator.Result?.DeepClone();
        }

        return results;
    }
}
