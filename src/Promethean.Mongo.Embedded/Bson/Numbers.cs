using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Conversions between BSON's numeric types.</summary>
internal static class Numbers
{
    /// <summary>Whether the value is of a numeric type.</summary>
    public static bool IsNumber(BsonValue? value) => value is BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128;

    /// <summary>The value as a 64-bit integer if it is a number that is one exactly.</summary>
    public static bool TryToInt64(BsonValue value, out long number)
    {
        if (!TryTruncate(value, out number)) return false;
        return value is BsonInt32 or BsonInt64 || NumericOrder.Compare(value, new BsonInt64(number)) == 0;
    }

    /// <summary>The value as a 32-bit integer if it is a number that is one exactly.</summary>
    public static bool TryToInt32(BsonValue value, out int number)
    {
        number = 0;
        if (!TryToInt64(value, out var wide) || wide is < int.MinValue or > int.MaxValue) return false;
        number = (int)wide;
        return true;
    }

    /// <summary>The value without its fraction, if it is a number within 64 bits.</summary>
    public static bool TryTruncate(BsonValue value, out long number)
    {
        number = 0;
        switch (value.BsonType)
        {
            case BsonType.Int32:
                number = value.AsInt32;
                return true;
            case BsonType.Int64:
                number = value.AsInt64;
                return true;
            case BsonType.Double:
                var real = value.AsDouble;
                if (!(real >= long.MinValue && real < 9223372036854775808.0)) return false;
                number = (long)real;
                return true;
            case BsonType.Decimal128:
                return TryTruncate(value.AsDecimal128, out number);
            default:
                return false;
        }
    }

    /// <summary>The nearest double of a number of any type.</summary>
    public static double ToDouble(BsonValue number) => number.BsonType switch
    {
        BsonType.Double => number.AsDouble,
        BsonType.Int32 => number.AsInt32,
        BsonType.Int64 => number.AsInt64,
        _ => NumericOrder.ToDouble(number.AsDecimal128),
    };

    private static bool TryTruncate(Decimal128 value, out long number)
    {
        number = 0;
        if (Decimal128.IsNaN(value) || Decimal128.IsInfinity(value)) return false;
        DecimalDigits.Split(value, out var negative, out var coefficient, out var exponent);
        for (; exponent < 0 && coefficient != UInt128.Zero; exponent++) coefficient /= 10;
        for (; exponent > 0 && coefficient != UInt128.Zero; exponent--)
        {
            coefficient *= 10;
            if (coefficient > (UInt128)long.MaxValue + 1) return false;
        }

        if (coefficient > (negative ? (UInt128)long.MaxValue + 1 : (UInt128)long.MaxValue)) return false;
        number = negative ? unchecked((long)(0 - (ulong)coefficient)) : (long)coefficient;
        return true;
    }
}
