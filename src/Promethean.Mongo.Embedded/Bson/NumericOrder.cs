using System.Globalization;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Exact comparison of numbers across BSON's four numeric types; NaN equals itself and is less than all others.</summary>
internal static class NumericOrder
{
    private const double TwoPow63 = 9223372036854775808.0;

    public static int Compare(BsonValue x, BsonValue y)
    {
        var left = x.BsonType;
        var right = y.BsonType;
        if (left == BsonType.Decimal128 || right == BsonType.Decimal128) return CompareByKey(x, y);
        if (left == BsonType.Double)
        {
            return right == BsonType.Double ? x.AsDouble.CompareTo(y.AsDouble) : -Compare(Integer(y), x.AsDouble);
        }

        return right == BsonType.Double ? Compare(Integer(x), y.AsDouble) : Integer(x).CompareTo(Integer(y));
    }

    /// <summary>Equal numbers have one nearest double, whatever their type.</summary>
    public static int Hash(BsonValue number)
    {
        var nearest = number.BsonType switch
        {
            BsonType.Double => number.AsDouble,
            BsonType.Decimal128 => ToDouble(number.AsDecimal128),
            _ => Integer(number),
        };
        return (nearest == 0 ? 0.0 : nearest).GetHashCode();
    }

    /// <summary>The double nearest to a Decimal128; never throws.</summary>
    public static double ToDouble(Decimal128 value)
    {
        if (Decimal128.IsNaN(value)) return double.NaN;
        if (Decimal128.IsInfinity(value)) return Decimal128.IsNegativeInfinity(value) ? double.NegativeInfinity : double.PositiveInfinity;
        return double.Parse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static long Integer(BsonValue value) => value.BsonType == BsonType.Int32 ? value.AsInt32 : value.AsInt64;

    // Comparing through a double would make 2^53 + 1 equal to 2^53.
    private static int Compare(long x, double y)
    {
        if (double.IsNaN(y)) return 1;
        if (y >= TwoPow63) return -1;
        if (y < -TwoPow63) return 1;
        var whole = (long)y;
        return x != whole ? x.CompareTo(whole) : 0.0.CompareTo(y - whole);
    }

    private static int CompareByKey(BsonValue x, BsonValue y)
    {
        Span<byte> left = stackalloc byte[NumberKey.MaxLength];
        Span<byte> right = stackalloc byte[NumberKey.MaxLength];
        var leftLength = NumberKey.Write(x, left);
        var rightLength = NumberKey.Write(y, right);
        return left[..leftLength].SequenceCompareTo(right[..rightLength]);
    }
}
