using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// Sums, differences and products of BSON numbers: the result has the wider type of the two (int, long, double, decimal); an int
/// that overflows becomes a long. A long that overflows gives null: updates refuse it, expressions go on with doubles.
/// </summary>
internal static class Arithmetic
{
    public static BsonValue? Add(BsonValue x, BsonValue y)
    {
        switch (Widest(x, y))
        {
            case BsonType.Decimal128:
                return new BsonDecimal128(DecimalArithmetic.Add(DecimalArithmetic.From(x), DecimalArithmetic.From(y)));
            case BsonType.Double:
                return Numbers.ToDouble(x) + Numbers.ToDouble(y);
            default:
                var sum = unchecked(Integer(x) + Integer(y));
                return ((Integer(x) ^ sum) & (Integer(y) ^ sum)) < 0 ? null : Narrow(sum, x, y);
        }
    }

    public static BsonValue? Subtract(BsonValue x, BsonValue y)
    {
        switch (Widest(x, y))
        {
            case BsonType.Decimal128:
                return new BsonDecimal128(DecimalArithmetic.Subtract(DecimalArithmetic.From(x), DecimalArithmetic.From(y)));
            case BsonType.Double:
                return Numbers.ToDouble(x) - Numbers.ToDouble(y);
            default:
                var difference = unchecked(Integer(x) - Integer(y));
                return ((Integer(x) ^ Integer(y)) & (Integer(x) ^ difference)) < 0 ? null : Narrow(difference, x, y);
        }
    }

    public static BsonValue? Multiply(BsonValue x, BsonValue y)
    {
        switch (Widest(x, y))
        {
            case BsonType.Decimal128:
                return new BsonDecimal128(DecimalArithmetic.Multiply(DecimalArithmetic.From(x), DecimalArithmetic.From(y)));
            case BsonType.Double:
                return Numbers.ToDouble(x) * Numbers.ToDouble(y);
            default:
                var high = Math.BigMul(Integer(x), Integer(y), out var low);
                return high != low >> 63 ? null : Narrow(low, x, y);
        }
    }

    /// <summary>The wider of two numeric types.</summary>
    public static BsonType Widest(BsonValue x, BsonValue y)
    {
        if (x.IsDecimal128 || y.IsDecimal128) return BsonType.Decimal128;
        if (x.IsDouble || y.IsDouble) return BsonType.Double;
        return x.IsInt64 || y.IsInt64 ? BsonType.Int64 : BsonType.Int32;
    }

    private static long Integer(BsonValue value) => value.IsInt32 ? value.AsInt32 : value.AsInt64;

    private static BsonValue Narrow(long value, BsonValue x, BsonValue y) =>
        x.IsInt32 && y.IsInt32 && value == (int)value ? new BsonInt32((int)value) : new BsonInt64(value);
}
