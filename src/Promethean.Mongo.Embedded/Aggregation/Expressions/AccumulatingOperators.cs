using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The accumulators that are expressions too: over the elements of a single array argument, or over all arguments.</summary>
internal static class AccumulatingOperators
{
    public static void AddTo(OperatorTable table)
    {
        foreach (var name in (string[])["$sum", "$avg", "$min", "$max", "$stdDevPop", "$stdDevSamp"])
        {
            var create = AccumulatorTable.Factory(name)!;
            table.Add(name, 1, int.MaxValue, values =>
            {
                var accumulator = create();
                foreach (var value in values is [BsonArray array] ? array : (IEnumerable<BsonValue?>)values) accumulator.Add(value);
                return accumulator.Result;
            });
        }
    }
}
