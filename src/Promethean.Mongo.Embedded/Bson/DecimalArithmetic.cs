using System.Globalization;
using System.Numerics;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// Decimal128 arithmetic (IEEE 754-2008 decimal128: 34 digits, round half to even), which MongoDB.Bson leaves out.
/// </summary>
internal static class DecimalArithmetic
{
    private const int Digits = 34;
    private const int MinExponent = -6176;
    private const int MaxExponent = 6111;
    private static readonly BigInteger MaxCoefficient = BigInteger.Pow(10, Digits) - 1;

    /// <summary>A number of any BSON type as a Decimal128; a double keeps 15 significant digits, as in MongoDB.</summary>
    public static Decimal128 From(BsonValue number) => number.BsonType switch
    {
        BsonType.Decimal128 => number.AsDecimal128,
        BsonType.Int32 => number.AsInt32,
        BsonType.Int64 => number.AsInt64,
        _ => From(number.AsDouble),
    };

    public static Decimal128 Add(Decimal128 x, Decimal128 y)
    {
        if (!IsFinite(x) || !IsFinite(y)) return FromDouble(NumericOrder.ToDouble(x) + NumericOrder.ToDouble(y));
        var (left, leftExponent) = Parts(x);
        var (right, rightExponent) = Parts(y);
        // Beyond this distance the smaller number cannot touch the last digit; a sticky digit keeps the rounding right.
        if (Math.Abs(leftExponent - rightExponent) > 2 * Digits + 6 && !left.IsZero && !right.IsZero)
        {
            if (leftExponent > rightExponent) (right, rightExponent) = (right.Sign, leftExponent - Digits - 6);
            else (left, leftExponent) = (left.Sign, rightExponent - Digits - 6);
        }

        var exponent = Math.Min(leftExponent, rightExponent);
        return Round(
            (left * BigInteger.Pow(10, left.IsZero ? 0 : leftExponent - exponent)) + (right * BigInteger.Pow(10, right.IsZero ? 0 : rightExponent - exponent)),
            exponent);
    }

    public static Decimal128 Subtract(Decimal128 x, Decimal128 y) => Add(x, Decimal128.Negate(y));

    public static Decimal128 Multiply(Decimal128 x, Decimal128 y)
    {
        if (!IsFinite(x) || !IsFinite(y)) return FromDouble(NumericOrder.ToDouble(x) * NumericOrder.ToDouble(y));
        var (left, leftExponent) = Parts(x);
        var (right, rightExponent) = Parts(y);
        return Round(left * right, leftExponent + rightExponent);
    }

    public static Decimal128 Divide(Decimal128 x, Decimal128 y)
    {
        if (!IsFinite(x) || !IsFinite(y) || Decimal128.IsZero(y)) return FromDouble(NumericOrder.ToDouble(x) / NumericOrder.ToDouble(y));
        var (left, leftExponent) = Parts(x);
        var (right, rightExponent) = Parts(y);
        // Enough digits that the quotient has 34 and a sticky one for the rest.
        const int Scale = 2 * Digits + 2;
        var quotient = BigInteger.DivRem(left * BigInteger.Pow(10, Scale), right, out var rest);
        if (rest.IsZero)
        {
            var preferred = leftExponent - rightExponent;
            var exponent = preferred - Scale;
            while (exponent < preferred && !quotient.IsZero && (quotient % 10).IsZero)
            {
                quotient /= 10;
                exponent++;
            }

            return Round(quotient, quotient.IsZero ? preferred : exponent);
        }

        return Round((quotient * 10) + (left.Sign * right.Sign), leftExponent - rightExponent - Scale - 1);
    }

    public static Decimal128 Remainder(Decimal128 x, Decimal128 y)
    {
        if (!IsFinite(x) || Decimal128.IsNaN(y) || Decimal128.IsZero(y)) return Decimal128.QNaN;
        if (Decimal128.IsInfinity(y)) return x;
        var (left, leftExponent) = Parts(x);
        var (right, rightExponent) = Parts(y);
        var exponent = Math.Min(leftExponent, rightExponent);
        return Round(
            BigInteger.Remainder(left * BigInteger.Pow(10, leftExponent - exponent), right * BigInteger.Pow(10, rightExponent - exponent)),
            exponent);
    }

    /// <summary>Rounds to <paramref name="places"/> decimal places, half to even; a negative count rounds to tens, hundreds, ….</summary>
    public static Decimal128 RoundTo(Decimal128 value, int places, bool truncate)
    {
        if (!IsFinite(value)) return value;
        var (coefficient, exponent) = Parts(value);
        if (exponent >= -places) return value;
        var drop = -places - exponent;
        if (drop > Digits + 1) return Round(BigInteger.Zero, -places);
        var power = BigInteger.Pow(10, drop);
        return Round(truncate ? coefficient / power : RoundHalfEven(coefficient, power), -places);
    }

    private static Decimal128 From(double value) =>
        double.IsFinite(value) ? Decimal128.Parse(value.ToString("E14", CultureInfo.InvariantCulture)) : FromDouble(value);

    // Only for what is not finite.
    private static Decimal128 FromDouble(double value) =>
        double.IsNaN(value) ? Decimal128.QNaN : value > 0 ? Decimal128.PositiveInfinity : value < 0 ? Decimal128.NegativeInfinity : Decimal128.Zero;

    private static bool IsFinite(Decimal128 value) => !Decimal128.IsNaN(value) && !Decimal128.IsInfinity(value);

    private static (BigInteger Coefficient, int Exponent) Parts(Decimal128 value)
    {
        DecimalDigits.Split(value, out var negative, out var coefficient, out var exponent);
        return (negative ? -(BigInteger)coefficient : coefficient, exponent);
    }

    private static Decimal128 Round(BigInteger coefficient, int exponent)
    {
        var magnitude = BigInteger.Abs(coefficient);
        var excess = magnitude > MaxCoefficient ? magnitude.ToString(CultureInfo.InvariantCulture).Length - Digits : 0;
        excess = Math.Max(excess, Math.Min(MinExponent - exponent, Digits + 2));
        if (excess > 0)
        {
            magnitude = RoundHalfEven(magnitude, BigInteger.Pow(10, excess));
            exponent += excess;
            if (magnitude > MaxCoefficient)
            {
                magnitude /= 10;
                exponent++;
            }
        }

        exponent = Math.Max(exponent, MinExponent);
        while (exponent > MaxExponent && !magnitude.IsZero && magnitude * 10 <= MaxCoefficient)
        {
            magnitude *= 10;
            exponent--;
        }

        if (exponent > MaxExponent)
        {
            if (!magnitude.IsZero) return coefficient.Sign < 0 ? Decimal128.NegativeInfinity : Decimal128.PositiveInfinity;
            exponent = MaxExponent;
        }

        var bits = (UInt128)magnitude;
        var high = (coefficient.Sign < 0 ? 1UL << 63 : 0) | ((ulong)(exponent - MinExponent) << 49) | (ulong)(bits >> 64);
        return Decimal128.FromIEEEBits(high, (ulong)bits);
    }

    private static BigInteger RoundHalfEven(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var rest);
        var half = (BigInteger.Abs(rest) * 2).CompareTo(divisor);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + value.Sign : quotient;
    }
}
