using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// Whether two values are the same to the last bit, so that storing one for the other changes nothing. Values that are merely equal,
/// as 1 and 1.0 are, are not the same; and <see cref="BsonValue.Equals(object)"/> throws where a number does not fit the other's type.
/// </summary>
internal static class BsonIdentity
{
    public static bool AreSame(BsonValue left, BsonValue right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left.BsonType != right.BsonType) return false;
        return (left, right) switch
        {
            (BsonDocument one, BsonDocument other) => AreSame(one, other),
            (BsonArray one, BsonArray other) => AreSame(one, other),
            (BsonDouble one, BsonDouble other) => BitConverter.DoubleToInt64Bits(one.Value) == BitConverter.DoubleToInt64Bits(other.Value),
            (BsonDecimal128 one, BsonDecimal128 other) => Bits(one.Value) == Bits(other.Value),
            (BsonJavaScriptWithScope one, BsonJavaScriptWithScope other) => one.Code == other.Code && AreSame(one.Scope, other.Scope),
            _ => left.Equals(right),
        };
    }

    private static bool AreSame(BsonDocument left, BsonDocument right)
    {
        if (left.ElementCount != right.ElementCount) return false;
        foreach (var (one, other) in left.Zip(right))
        {
            if (one.Name != other.Name || !AreSame(one.Value, other.Value)) return false;
        }

        return true;
    }

    private static bool AreSame(BsonArray left, BsonArray right)
    {
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
        {
            if (!AreSame(left[i], right[i])) return false;
        }

        return true;
    }

    private static (ulong High, ulong Low) Bits(Decimal128 value) => (value.GetIEEEHighBits(), value.GetIEEELowBits());
}
