using System.Globalization;
using System.Numerics;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// Writes any finite number as exact decimal digits: magnitude = 0.d1d2d3… × 10^exponent with d1 and the last digit not zero.
/// A double has at most 767 significant digits and a Decimal128 34, so nothing is ever rounded.
/// </summary>
internal static class DecimalDigits
{
    /// <summary>Enough room for the digits of any double, with the zeros that are trimmed afterwards.</summary>
    public const int MaxLength = 1100;

    /// <summary>Writes the digits of a positive integer; returns their count.</summary>
    public static int Of(UInt128 magnitude, int exponent10, Span<char> digits, out int exponent)
    {
        magnitude.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Trim(digits, length, exponent10, out exponent);
    }

    /// <summary>Writes the digits of a finite, positive double; returns their count.</summary>
    public static int Of(double magnitude, Span<char> digits, out int exponent)
    {
        if (magnitude < 1e18 && magnitude == Math.Truncate(magnitude))
        {
            return Of((ulong)magnitude, 0, digits, out exponent);
        }

        var bits = BitConverter.DoubleToInt64Bits(magnitude);
        var exponent2 = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        if (exponent2 == 0) exponent2 = 1;
        else mantissa |= 1L << 52;
        exponent2 -= 1075;
        var shift = BitOperations.TrailingZeroCount(mantissa);
        mantissa >>= shift;
        exponent2 += shift;

        // m × 2^-k = m × 5^k × 10^-k: a binary fraction is a finite decimal one.
        var integer = exponent2 >= 0
            ? new BigInteger(mantissa) << exponent2
            : mantissa * BigInteger.Pow(5, -exponent2);
        integer.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Trim(digits, length, Math.Min(exponent2, 0), out exponent);
    }

    /// <summary>Splits a finite Decimal128 into sign, integer coefficient and power of ten.</summary>
    public static void Split(Decimal128 value, out bool negative, out UInt128 coefficient, out int exponent10)
    {
        var high = value.GetIEEEHighBits();
        negative = (high >> 63) != 0;
        if (((high >> 61) & 3) == 3)
        {
            // The large-coefficient form exceeds 34 digits: not canonical, read as zero (IEEE 754-2008, 3.5.2).
            coefficient = UInt128.Zero;
            exponent10 = 0;
            return;
        }

        exponent10 = (int)((high >> 49) & 0x3FFF) - 6176;
        coefficient = new UInt128(high & 0x1_FFFF_FFFF_FFFF, value.GetIEEELowBits());
    }

    private static int Trim(Span<char> digits, int length, int exponent10, out int exponent)
    {
        exponent = length + exponent10;
        while (length > 0 && digits[length - 1] == '0') length--;
        return length;
    }
}
