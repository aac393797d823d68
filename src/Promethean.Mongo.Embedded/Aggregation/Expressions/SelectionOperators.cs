using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>Some elements of an array: <c>$firstN</c>, <c>$lastN</c>, <c>$minN</c>, <c>$maxN</c>, <c>$median</c>, <c>$percentile</c>, each with a page in the manual.</summary>
internal static class SelectionOperators
{
    public static void AddTo(OperatorTable table)
    {
        Add(table, "$firstN", (array, n) => array.Take(n));
        Add(table, "$lastN", (array, n) => array.TakeLast(n));
        Add(table, "$minN", (array, n) => array.Where(item => !Operand.IsNullish(item)).Order(BsonOrder.Instance).Take(n));
        Add(table, "$maxN", (array, n) => array.Where(item => !Operand.IsNullish(item)).OrderDescending(BsonOrder.Instance).Take(n));
        table.Add("$median", (value, scope) => ParsePercentile("$median", value, scope));
        table.Add("$percentile", (value, scope) => ParsePercentile("$percentile", value, scope));
    }

    /// <summary>How many elements are asked for.</summary>
    public static int Count(BsonValue? n, string name)
    {
        if (n is null || !Numbers.TryToInt64(n, out var count)) throw MongoCommandFailedException.Location(5787902, $"Value for 'n' of {name} must be of integral type, but found {n ?? "missing"}");
        return count > 0 ? (int)Math.Min(count, int.MaxValue) : throw MongoCommandFailedException.Location(5787908, $"'n' of {name} must be greater than 0, found {count}");
    }

    private static void Add(OperatorTable table, string name, Func<BsonArray, int, IEnumerable<BsonValue>> select) =>
        table.AddNamed(name, ["input", "n"], [], values =>
        {
            var n = Count(values[1], name);
            return new BsonArray(select(Operand.Array(values[0], name, 5788200), n));
        });

    private static FunctionExpression ParsePercentile(string name, BsonValue value, ParseScope scope)
    {
        var percentile = new Percentile(name, value, scope);
        return new FunctionExpression([percentile.Input], values =>
        {
            var accumulator = percentile.Create();
            foreach (var item in values[0] is BsonArray array ? array : (IEnumerable<BsonValue?>)values) accumulator.Add(item);
            return accumulator.Result;
        });
    }
}
