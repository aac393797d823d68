using System.Buffers.Binary;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// An order-preserving encoding of numbers that is exact across int32, int64, double and Decimal128: equal numbers have
/// equal bytes whatever their type, and comparing bytes compares values.
/// </summary>
/// <remarks>
/// <code>
/// key      = NaN(1) | -inf(2) | negative(3) ~magnitude | zero(4) | positive(5) magnitude | +inf(6)
/// magnitude= exponent (2 bytes, biased) pair* 0        value = 0.pair1pair2… × 10^exponent, pair = two digits, 1..100
/// </code>
/// </remarks>
internal static class NumberKey
{
    /// <summary>More bytes than any key needs.</summary>
    public const int MaxLength = 4 + DecimalDigits.MaxLength / 2;

    private const byte NaN = 1;
    private const byte NegativeInfinity = 2;
    private const byte Negative = 3;
    private const byte Zero = 4;
    private const byte Positive = 5;
    private const byte PositiveInfinity = 6;
    private const int ExponentBias = 0x4000;

    /// <summary>Writes the key of a number; returns its length.</summary>
    public static int Write(BsonValue number, Span<byte> target) => number.BsonType switch
    {
        BsonType.Int32 => Write(number.AsInt32, target),
        BsonType.Int64 => Write(number.AsInt64, target),
        BsonType.Double => Write(number.AsDouble, target),
        _ => Write(number.AsDecimal128, target),
    };

    private static int Write(long value, Span<byte> target)
    {
        var magnitude = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        return WriteInteger(value < 0, magnitude, 0, target);
    }

    private static int Write(double value, Span<byte> target)
    {
        if (double.IsNaN(value)) return Single(NaN, target);
        if (double.IsInfinity(value)) return Single(value < 0 ? NegativeInfinity : PositiveInfinity, target);
        if (value == 0) return Single(Zero, target);
        Span<char> digits = stackalloc char[DecimalDigits.MaxLength];
        var length = DecimalDigits.Of(Math.Abs(value), digits, out var exponent);
        return WriteDigits(value < 0, digits[..length], exponent, target);
    }

    private static int Write(Decimal128 value, Span<byte> target)
    {
        if (Decimal128.IsNaN(value)) return Single(NaN, target);
        if (Decimal128.IsInfinity(value)) return Single(Decimal128.IsNegativeInfinity(value) ? NegativeInfinity : PositiveInfinity, target);
        DecimalDigits.Split(value, out var negative, out var coefficient, out var exponent10);
        return WriteInteger(negative, coefficient, exponent10, target);
    }

    private static int WriteInteger(bool negative, UInt128 magnitude, int exponent10, Span<byte> target)
    {
        if (magnitude == UInt128.Zero) return Single(Zero, target);
        Span<char> digits = stackalloc char[40];
        var length = DecimalDigits.Of(magnitude, exponent10, digits, out var exponent);
        return WriteDigits(negative, digits[..length], exponent, target);
    }

    private static int Single(byte kind, Span<byte> target)
    {
        target[0] = kind;
        return 1;
    }

    private static int WriteDigits(bool negative, ReadOnlySpan<char> digits, int exponent, Span<byte> target)
    {
        target[0] = negative ? Negative : Positive;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)(exponent + ExponentBias));
        var at = 3;
        for (var i = 0; i < digits.Length; i += 2)
        {
            var low = i + 1 < digits.Length ? digits[i + 1] - '0' : 0;
            target[at++] = (byte)((digits[i] - '0') * 10 + low + 1);
        }

        target[at++] = 0;
        if (negative)
        {
            for (var i = 1; i < at; i++) target[i] = (byte)~target[i];
        }

        return at;
    }
}
