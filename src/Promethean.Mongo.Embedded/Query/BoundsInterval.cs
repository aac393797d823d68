using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>A range of values in <see cref="BsonOrder"/>.</summary>
internal sealed record BoundsInterval(BsonValue Low, bool LowInclusive, BsonValue High, bool HighInclusive)
{
    /// <summary>Whether the range is a single value.</summary>
    public bool IsPoint => LowInclusive && HighInclusive && BsonOrder.AreEqual(Low, High);

    /// <summary>The range that holds one value.</summary>
    public static BoundsInterval Point(BsonValue value) => new(value, true, value, true);

    /// <summary>Whether the range holds a value.</summary>
    public bool Contains(BsonValue value)
    {
        var low = BsonOrder.Compare(value, Low);
        var high = BsonOrder.Compare(value, High);
        return (low > 0 || (low == 0 && LowInclusive)) && (high < 0 || (high == 0 && HighInclusive));
    }

    /// <summary>Whether the range holds all of another.</summary>
    public bool Contains(BoundsInterval other)
    {
        var low = BsonOrder.Compare(other.Low, Low);
        var high = BsonOrder.Compare(other.High, High);
        return (low > 0 || (low == 0 && (LowInclusive || !other.LowInclusive))) && (high < 0 || (high == 0 && (HighInclusive || !other.HighInclusive)));
    }

    /// <summary>What two ranges share, or null.</summary>
    public BoundsInterval? Intersect(BoundsInterval other)
    {
        var low = BsonOrder.Compare(Low, other.Low);
        var high = BsonOrder.Compare(High, other.High);
        var shared = new BoundsInterval(
            low >= 0 ? Low : other.Low,
            low == 0 ? LowInclusive && other.LowInclusive : low > 0 ? LowInclusive : other.LowInclusive,
            high <= 0 ? High : other.High,
            high == 0 ? HighInclusive && other.HighInclusive : high < 0 ? HighInclusive : other.HighInclusive);
        var order = BsonOrder.Compare(shared.Low, shared.High);
        return order < 0 || (order == 0 && shared.LowInclusive && shared.HighInclusive) ? shared : null;
    }

    /// <summary>
    /// Every value that a comparison with <paramref name="operand"/> could find, bracketed by the operand's type; null where the
    /// type's limits cannot be named.
    /// </summary>
    public static BoundsInterval? OfType(BsonValue operand) => BsonTypeRank.Of(operand.BsonType) switch
    {
        BsonTypeRank.Number => new(new BsonDouble(double.NaN), true, new BsonDouble(double.PositiveInfinity), true),
        BsonTypeRank.String => new(BsonString.Empty, true, new BsonDocument(), false),
        BsonTypeRank.Document => new(new BsonDocument(), true, new BsonArray(), false),
        BsonTypeRank.ObjectId => new(new BsonObjectId(ObjectId.Empty), true, BsonBoolean.False, false),
        BsonTypeRank.Boolean => new(BsonBoolean.False, true, BsonBoolean.True, true),
        BsonTypeRank.DateTime => new(new BsonDateTime(long.MinValue), true, new BsonDateTime(long.MaxValue), true),
        BsonTypeRank.Timestamp => new(new BsonTimestamp(0), true, new BsonTimestamp(-1), true),
        _ => null,
    };
}
