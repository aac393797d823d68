using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary>
/// <c>$bitsAllSet</c>, <c>$bitsAnySet</c>, <c>$bitsAllClear</c>, <c>$bitsAnyClear</c> on integral numbers (two's complement, sign
/// extended) and binary data (little endian, zero extended).
/// </summary>
internal sealed class BitsPredicate(BsonValue operand, bool set, bool all) : ValuePredicate
{
    private readonly int[] _positions = Positions(operand);

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        if (value is BsonBinaryData binary)
        {
            var bytes = binary.Bytes;
            foreach (var bit in _positions)
            {
                var isSet = bit / 8 < bytes.Length && (bytes[bit / 8] >> (bit % 8) & 1) == 1;
                if ((isSet == set) != all) return !all;
            }

            return all;
        }

        if (value is null || !Numbers.TryToInt64(value, out var number)) return false;
        foreach (var bit in _positions)
        {
            var isSet = (number >> Math.Min(bit, 63) & 1) == 1;
            if ((isSet == set) != all) return !all;
        }

        return all;
    }

    private static int[] Positions(BsonValue operand)
    {
        switch (operand)
        {
            case BsonArray array:
                var positions = new int[array.Count];
                for (var i = 0; i < positions.Length; i++)
                {
                    if (!Numbers.TryToInt64(array[i], out var bit) || bit is < 0 or > int.MaxValue)
                    {
                        throw MongoCommandFailedException.BadValue($"bit positions must be non-negative 32-bit integers but got: {array[i]}");
                    }

                    positions[i] = (int)bit;
                }

                return positions;
            case BsonBinaryData binary:
                return [.. Enumerable.Range(0, binary.Bytes.Length * 8).Where(bit => (binary.Bytes[bit / 8] >> (bit % 8) & 1) == 1)];
            default:
                if (!Numbers.TryToInt64(operand, out var mask) || mask < 0)
                {
                    throw MongoCommandFailedException.FailedToParse($"bitmask must be a non-negative integer, an array of positions or binary data, but got: {operand}");
                }

                return [.. Enumerable.Range(0, 63).Where(bit => (mask >> bit & 1) == 1)];
        }
    }
}
