using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Bitwise Operators" in the manual, on ints and longs; a long among the operands makes the result one.</summary>
internal static class BitwiseOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$bitAnd", 0, int.MaxValue, values => Fold(values, "$bitAnd", -1, (x, y) => x & y));
        table.Add("$bitOr", 0, int.MaxValue, values => Fold(values, "$bitOr", 0, (x, y) => x | y));
        table.Add("$bitXor", 0, int.MaxValue, values => Fold(values, "$bitXor", 0, (x, y) => x ^ y));
        table.Add("$bitNot", value => value switch
        {
            null or BsonNull or BsonUndefined => BsonNull.Value,
            BsonInt32 small => ~small.Value,
            BsonInt64 large => ~large.Value,
            _ => throw Refused("$bitNot", value),
        });
    }

    private static BsonValue Fold(BsonValue?[] values, string name, long start, Func<long, long, long> operation)
    {
        var result = start;
        var isLong = false;
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            if (value is not (BsonInt32 or BsonInt64)) throw Refused(name, value);
            isLong |= value.IsInt64;
            result = operation(result, value.ToInt64());
        }

        return isLong ? new BsonInt64(result) : new BsonInt32((int)result);
    }

    private static MongoCommandFailedException Refused(string name, BsonValue? value) =>
        MongoCommandFailedException.TypeMismatch($"{name} only supports int and long operands, not {Operand.TypeOf(value)}");
}
