using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Array Expression Operators" in the manual: those that need no inner expression.</summary>
internal static class ArrayOperators
{
    /// <summary>The most elements <c>$range</c> makes: what could still fit a document of 16 MB.</summary>
    private const long MaxRange = 2_000_000;

    public static void AddTo(OperatorTable table)
    {
        table.Add("$size", value => Operand.Array(value, "$size", 17124).Count);
        table.Add("$isArray", value => BsonBoolean.Create(value is BsonArray));
        table.Add("$in", In);
        table.Add("$arrayElemAt", (value, index) => ElementAt(value, index, "$arrayElemAt"));
        table.Add("$first", value => ElementAt(value, 0, "$first"));
        table.Add("$last", value => ElementAt(value, -1, "$last"));
        table.Add("$concatArrays", 0, int.MaxValue, Concat);
        table.Add("$slice", 2, 3, Slice);
        table.Add("$reverseArray", value => Operand.IsNullish(value) ? BsonNull.Value : new BsonArray(Operand.Array(value, "$reverseArray", 34435).Reverse()));
        table.Add("$range", 2, 3, Range);
        table.Add("$indexOfArray", 2, 4, IndexOf);
        table.Add("$sortArray", ParseSort);
    }

    private static BsonValue? In(BsonValue? value, BsonValue? array)
    {
        if (array is not BsonArray items) throw MongoCommandFailedException.Location(40081, $"$in requires an array as a second argument, found: {Operand.TypeOf(array)}");
        foreach (var item in items)
        {
            if (BsonOrder.AreEqual(item, value ?? BsonUndefined.Value)) return BsonBoolean.True;
        }

        return BsonBoolean.False;
    }

    private static BsonValue? ElementAt(BsonValue? value, BsonValue? index, string name)
    {
        if (Operand.IsNullish(value) || Operand.IsNullish(index)) return BsonNull.Value;
        if (value is not BsonArray array)
        {
            throw MongoCommandFailedException.Location(28689, $"{name}'s first argument must be an array, but is {Operand.TypeOf(value)}");
        }

        if (!Numbers.IsNumber(index)) throw MongoCommandFailedException.Location(28690, $"{name}'s second argument must be a numeric value, but is {Operand.TypeOf(index)}");
        var at = Operand.Int32(index, name, 28691);
        if (at < 0) at += array.Count;
        return at >= 0 && at < array.Count ? array[at] : null;
    }

    private static BsonValue? Concat(BsonValue?[] values)
    {
        var all = new BsonArray();
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            if (value is not BsonArray array) throw MongoCommandFailedException.Location(28664, $"$concatArrays only supports arrays, not {Operand.TypeOf(value)}");
            if (all.Count + (long)array.Count > MaxRange) throw new MongoCommandFailedException(MongoErrorCode.ExceededMemoryLimit, $"$concatArrays would make more than {MaxRange} elements");
            all.AddRange(array);
        }

        return all;
    }

    private static BsonValue? Slice(BsonValue?[] values)
    {
        if (Array.Exists(values, Operand.IsNullish)) return BsonNull.Value;
        if (values[0] is not BsonArray array)
        {
            throw MongoCommandFailedException.Location(28724, $"First argument to $slice must be an array, but is of type: {Operand.TypeOf(values[0])}");
        }

        var number = Operand.Int32(values[1], "$slice", 28725);
        if (values.Length == 2) return ArraySlice.Take(array, number);
        var count = Operand.Int32(values[2], "$slice", 28727);
        if (count <= 0) throw MongoCommandFailedException.Location(28729, $"Third argument to $slice must be positive: {count}");
        return ArraySlice.Take(array, number, count);
    }

    private static BsonValue? Range(BsonValue?[] values)
    {
        var start = Operand.Int32(values[0], "$range", 34444);
        var end = Operand.Int32(values[1], "$range", 34446);
        var step = values.Length > 2 ? Operand.Int32(values[2], "$range", 34448) : 1;
        if (step == 0) throw MongoCommandFailedException.Location(34449, "$range requires a non-zero step value");
        var count = Math.Max(0, ((long)end - start + step - Math.Sign(step)) / step);
        if (count > MaxRange) throw new MongoCommandFailedException(MongoErrorCode.ExceededMemoryLimit, $"$range would make {count} elements; the limit is {MaxRange}");
        var range = new BsonArray((int)count);
        for (var i = 0L; i < count; i++) range.Add((int)(start + (i * step)));
        return range;
    }

    private static BsonValue? IndexOf(BsonValue?[] values)
    {
        if (Operand.IsNullish(values[0])) return BsonNull.Value;
        var array = Operand.Array(values[0], "$indexOfArray", 40090);
        var start = values.Length > 2 ? Operand.Int32(values[2], "$indexOfArray", 40096) : 0;
        var end = Math.Min(array.Count, values.Length > 3 ? Operand.Int32(values[3], "$indexOfArray", 40096) : int.MaxValue);
        if (start < 0 || end < 0) throw MongoCommandFailedException.Location(40097, "$indexOfArray requires nonnegative indexes");
        for (var i = start; i < end; i++)
        {
            if (BsonOrder.AreEqual(array[i], values[1] ?? BsonUndefined.Value)) return i;
        }

        return -1;
    }

    private static FunctionExpression ParseSort(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$sortArray", value, ["input", "sortBy"], []);
        var order = ElementOrder.Parse(named["sortBy"]!);
        return new FunctionExpression([named.Parse("input", scope)], values => Operand.IsNullish(values[0])
            ? BsonNull.Value
            : new BsonArray(Operand.Array(values[0], "$sortArray", 2942504).Order(order)));
    }
}
