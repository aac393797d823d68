using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>Conversions between BSON types ("$convert" in the manual). What does not fit is code 241, ConversionFailure.</summary>
internal static class Conversion
{
    /// <summary>Converts a value that is neither null nor missing.</summary>
    public static BsonValue Convert(BsonValue value, BsonType type)
    {
        if (value.BsonType == type) return value;
        return type switch
        {
            BsonType.Boolean => BsonBoolean.Create(Truth.Of(value)),
            BsonType.Int32 => new BsonInt32((int)Integer(value, int.MinValue, int.MaxValue, type)),
            BsonType.Int64 => new BsonInt64(Integer(value, long.MinValue, long.MaxValue, type)),
            BsonType.Double => new BsonDouble(Double(value)),
            BsonType.Decimal128 => new BsonDecimal128(Decimal(value)),
            BsonType.String => ToText(value),
            BsonType.DateTime => Date(value),
            BsonType.ObjectId => value is BsonString text && ObjectId.TryParse(text.Value, out var id) ? new BsonObjectId(id) : throw Failure(value, type),
            _ => throw Failure(value, type),
        };
    }

    /// <summary>A value as <c>$toString</c> prints it.</summary>
    public static string ToText(BsonValue value) => value switch
    {
        BsonString text => text.Value,
        BsonSymbol symbol => symbol.Name,
        BsonBoolean flag => flag.Value ? "true" : "false",
        BsonInt32 small => small.Value.ToString(CultureInfo.InvariantCulture),
        BsonInt64 large => large.Value.ToString(CultureInfo.InvariantCulture),
        BsonDouble real => DoubleText(real.Value),
        BsonDecimal128 exact => exact.Value.ToString(),
        BsonObjectId id => id.Value.ToString(),
        BsonDateTime date => DateFormat.Print(date.MillisecondsSinceEpoch, "%Y-%m-%dT%H:%M:%S.%LZ", TimeSpan.Zero),
        _ => throw Failure(value, BsonType.String),
    };

    private static string DoubleText(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        // As C prints %.16g.
        return value.ToString("G16", CultureInfo.InvariantCulture).Replace('E', 'e');
    }

    private static long Integer(BsonValue value, long least, long most, BsonType type)
    {
        switch (value)
        {
            case BsonBoolean flag:
                return flag.Value ? 1 : 0;
            case BsonDateTime date when type == BsonType.Int64:
                return date.MillisecondsSinceEpoch;
            case BsonString text when long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) && parsed >= least && parsed <= most:
                return parsed;
            default:
                return Numbers.TryTruncate(value, out var number) && number >= least && number <= most ? number : throw Failure(value, type);
        }
    }

    private static double Double(BsonValue value) => value switch
    {
        BsonBoolean flag => flag.Value ? 1 : 0,
        BsonDateTime date => date.MillisecondsSinceEpoch,
        BsonString text when double.TryParse(text.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ when Numbers.IsNumber(value) => Numbers.ToDouble(value),
        _ => throw Failure(value, BsonType.Double),
    };

    private static Decimal128 Decimal(BsonValue value) => value switch
    {
        BsonBoolean flag => flag.Value ? Decimal128.One : Decimal128.Zero,
        BsonDateTime date => date.MillisecondsSinceEpoch,
        BsonString text when Decimal128.TryParse(text.Value, out var parsed) => parsed,
        _ when Numbers.IsNumber(value) => DecimalArithmetic.From(value),
        _ => throw Failure(value, BsonType.Decimal128),
    };

    private static BsonDateTime Date(BsonValue value) => value switch
    {
        BsonObjectId id => new BsonDateTime(id.Value.CreationTime),
        BsonTimestamp stamp => new BsonDateTime(stamp.Timestamp * 1000L),
        BsonInt64 or BsonDouble or BsonDecimal128 when Numbers.TryTruncate(value, out var milliseconds) => new BsonDateTime(milliseconds),
        BsonString text when DateTimeOffset.TryParse(text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) =>
            new BsonDateTime(parsed.ToUnixTimeMilliseconds()),
        _ => throw Failure(value, BsonType.DateTime),
    };

    private static MongoCommandFailedException Failure(BsonValue value, BsonType type) => new(
        MongoErrorCode.ConversionFailure,
        $"Failed to convert '{value}' from {BsonTypeNames.Of(value.BsonType)} to {BsonTypeNames.Of(type)} in $convert with no onError value");
}
