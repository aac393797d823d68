using System.Globalization;
using System.Numerics;
using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>Numbers of all types order as the exact fractions they are (manual: "Comparison/Sort Order", "Numeric Types").</summary>
public sealed class NumberOrderTests
{
    private static readonly BsonValue[] Edges =
    [
        0, 0L, 0.0, -0.0, Exact("0"), Exact("-0"), Exact("0E+6000"), Exact("0E-6000"),
        1, 1L, 1.0, Exact("1"), Exact("1.000"), Exact("1E+0"), -1, Exact("-1.0"),
        0.1, Exact("0.1"), 0.3, Exact("0.3"), 0.1 + 0.2, Exact("0.1000000000000000055511151231257827"),
        int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 9223372036854775808.0, -9223372036854775808.0, Exact("9223372036854775807"),
        9007199254740992L, 9007199254740993L, 9007199254740992.0, 9007199254740994.0, Exact("9007199254740993"), Exact("9007199254740992.5"),
        double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 2.2250738585072014E-308, Exact("4.9E-324"), Exact("1.8E+308"),
        Exact("9.999999999999999999999999999999999E+6144"), Exact("-9.999999999999999999999999999999999E+6144"), Exact("1E-6176"), Exact("-1E-6176"),
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, Exact("Infinity"), Exact("-Infinity"), Exact("NaN"),
    ];

    private static readonly Gen<BsonValue> Number = Gen.Frequency(
        (3, Gen.Int[0, Edges.Length - 1].Select(i => Edges[i])),
        (1, BsonValues.Number),
        (1, Gen.Long.Select(value => (BsonValue)value)),
        (1, Gen.Long.Select(bits => (BsonValue)BitConverter.Int64BitsToDouble(bits))),
        (1, Gen.Select(Gen.Long, Gen.Int[-40, 40]).Select((digits, exponent) => (BsonValue)Exact($"{digits}E{exponent}"))));

    [Fact]
    public void Every_pair_of_edges_orders_as_fractions_do()
    {
        foreach (var x in Edges)
        {
            foreach (var y in Edges) Check(x, y);
        }
    }

    [Fact]
    public void Any_two_numbers_order_as_fractions_do() => Gen.Select(Number, Number).Sample((x, y) => Check(x, y), iter: 20_000);

    [Fact]
    public void The_order_of_numbers_is_transitive_and_ranks_between_null_and_strings() => Gen.Select(Number, Number, Number).Sample(
        (x, y, z) =>
        {
            if (BsonOrder.Compare(x, y) <= 0 && BsonOrder.Compare(y, z) <= 0) BsonOrder.Compare(x, z).Should().BeLessThanOrEqualTo(0);
            BsonOrder.Compare(x, BsonNull.Value).Should().BePositive();
            BsonOrder.Compare(x, "").Should().BeNegative();
            BsonOrder.Compare(x, BsonMinKey.Value).Should().BePositive();
            BsonOrder.Compare(x, BsonMaxKey.Value).Should().BeNegative();
        },
        iter: 20_000);

    private static void Check(BsonValue x, BsonValue y)
    {
        var expected = Fraction.Of(x).CompareTo(Fraction.Of(y));
        if (Math.Sign(BsonOrder.Compare(x, y)) != expected) throw new InvalidOperationException($"{x.BsonType} {x} and {y.BsonType} {y} should compare as {expected}");
        if (expected == 0 && BsonOrder.Hash(x) != BsonOrder.Hash(y)) throw new InvalidOperationException($"{x} and {y} are equal and hash differently");
    }

    private static BsonDecimal128 Exact(string text) => new(Decimal128.Parse(text));

    /// <summary>A number as a fraction; <paramref name="Rank"/> tells NaN, the infinities and what is finite apart.</summary>
    private sealed record Fraction(int Rank, BigInteger Numerator, BigInteger Denominator)
    {
        public int CompareTo(Fraction other)
        {
            if (Rank != other.Rank || Rank != 2) return Rank.CompareTo(other.Rank);
            return (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);
        }

        public static Fraction Of(BsonValue value)
        {
            if (value is BsonInt32 or BsonInt64) return new(2, value.ToInt64(), 1);
            var text = value is BsonDecimal128 exact ? exact.Value.ToString() : value.AsDouble.ToString("R", CultureInfo.InvariantCulture);
            if (text.Contains("NaN", StringComparison.Ordinal)) return new(0, 0, 1);
            if (text.Contains("nfinity", StringComparison.Ordinal)) return new(text.StartsWith('-') ? 1 : 3, 0, 1);
            return value is BsonDouble real ? OfDouble(real.Value) : OfText(text);
        }

        private static Fraction OfDouble(double value)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            var exponent = (int)((bits >> 52) & 0x7FF);
            BigInteger mantissa = bits & 0xF_FFFF_FFFF_FFFF;
            if (exponent == 0) exponent++;
            else mantissa += BigInteger.One << 52;
            if (bits < 0) mantissa = -mantissa;
            exponent -= 1075;
            return exponent >= 0 ? new(2, mantissa << exponent, 1) : new(2, mantissa, BigInteger.One << -exponent);
        }

        private static Fraction OfText(string text)
        {
            var parts = text.Split('E');
            var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
            var point = parts[0].IndexOf('.', StringComparison.Ordinal);
            if (point >= 0) exponent -= parts[0].Length - point - 1;
            var digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            return exponent >= 0 ? new(2, digits * BigInteger.Pow(10, exponent), 1) : new(2, digits, BigInteger.Pow(10, -exponent));
        }
    }
}
