using CsCheck;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>Generators of BSON values of every type, chosen so that neighbours and equal values across types are common.</summary>
internal static class BsonValues
{
    public static readonly Gen<string> Text = Gen.OneOf("", "a", "A", "b", "aa", "a\0", "a\0b", "\0", "é", "\uFFFD", "\U0001F600", "zz", "a\u0001");

    public static readonly Gen<BsonValue> Number = Gen.OneOf(
        Gen.Int[-3, 3].Select(i => (BsonValue)i),
        Gen.Int[-3, 3].Select(i => (BsonValue)(long)i),
        Gen.Int[-3, 3].Select(i => (BsonValue)(double)i),
        Gen.Int[-30, 30].Select(i => (BsonValue)(i / 10.0)),
        Gen.Int[-30, 30].Select(i => (BsonValue)new BsonDecimal128(i / 10m)),
        Gen.Long.Select(l => (BsonValue)l),
        Gen.Double.Select(d => (BsonValue)d),
        Gen.Decimal.Select(d => (BsonValue)new BsonDecimal128(d)),
        Gen.Int[-2, 2].Select(i => (BsonValue)((1L << 53) + i)),
        Gen.Int[-2, 2].Select(i => (BsonValue)(double)((1L << 53) + i)),
        Gen.OneOf<BsonValue>(
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue,
            double.MinValue, long.MaxValue, long.MinValue, int.MaxValue, int.MinValue, 9223372036854775807.0, 0.1,
            new BsonDecimal128(Decimal128.QNaN), new BsonDecimal128(Decimal128.PositiveInfinity), new BsonDecimal128(Decimal128.NegativeInfinity),
            new BsonDecimal128(Decimal128.MaxValue), new BsonDecimal128(Decimal128.MinValue), new BsonDecimal128(Decimal128.Parse("1E-6176")),
            new BsonDecimal128(Decimal128.Parse("-1E-6176")), new BsonDecimal128(Decimal128.Parse("9007199254740993")),
            new BsonDecimal128(Decimal128.Parse("1.0")), new BsonDecimal128(Decimal128.Parse("-0E+3")), new BsonDecimal128(Decimal128.Parse("0.1"))));

    public static readonly Gen<BsonValue> Scalar = Gen.Frequency(
        (4, Number),
        (3, Text.Select(text => (BsonValue)text)),
        (1, Text.Select(text => (BsonValue)(BsonSymbol)text)),
        (1, Gen.Bool.Select(flag => (BsonValue)flag)),
        (1, Gen.Byte[0, 3].Array[0, 3].Select(Gen.OneOf(BsonBinarySubType.Binary, BsonBinarySubType.UserDefined))
            .Select((bytes, type) => (BsonValue)new BsonBinaryData(bytes, type))),
        (1, Gen.Int[0, 3].Select(i => (BsonValue)new BsonObjectId(new ObjectId($"{i:x24}")))),
        (1, Gen.Long.Select(ms => (BsonValue)new BsonDateTime(ms))),
        (1, Gen.Long.Select(value => (BsonValue)new BsonTimestamp(value))),
        (1, Gen.Select(Gen.OneOf("a", "ab", "^a"), Gen.OneOf("", "i")).Select((pattern, options) => (BsonValue)new BsonRegularExpression(pattern, options))),
        (1, Text.Select(code => (BsonValue)new BsonJavaScript(code))),
        (1, Text.Select(code => (BsonValue)new BsonJavaScriptWithScope(code, new BsonDocument("x", 1)))),
        (1, Gen.OneOf<BsonValue>(BsonNull.Value, BsonUndefined.Value, BsonMinKey.Value, BsonMaxKey.Value)));

    public static readonly Gen<BsonValue> Any = Gen.Recursive<BsonValue>((depth, inner) => depth >= 3
        ? Scalar
        : Gen.Frequency((5, Scalar), (1, Array(inner)), (1, Document(inner).Select(document => (BsonValue)document))));

    public static Gen<BsonValue> Array(Gen<BsonValue> inner) => inner.Array[0, 3].Select(items => (BsonValue)new BsonArray(items));

    public static Gen<BsonDocument> Document(Gen<BsonValue> inner) =>
        Gen.Select(Gen.OneOf("a", "b", "c", "d"), inner).Array[0, 3].Select(fields =>
        {
            var document = new BsonDocument();
            foreach (var (name, value) in fields) document[name] = value;
            return document;
        });
}
