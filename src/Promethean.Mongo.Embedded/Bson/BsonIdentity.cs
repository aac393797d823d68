using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Whether values are the same to the byte: 1 and 1.0 are equal, but not identical.</summary>
internal static class BsonIdentity
{
    public static bool AreIdentical(BsonValue x, BsonValue y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x.BsonType != y.BsonType) return false;
        return x switch
        {
            BsonDocument document => AreIdentical(document, (BsonDocument)y),
            BsonArray array => AreIdentical(array, (BsonArray)y),
            BsonInt32 or BsonInt64 or BsonBoolean or BsonString or BsonDateTime or BsonObjectId or BsonNull => x.Equals(y),
            BsonDouble number => BitConverter.DoubleToInt64Bits(number.Value) == BitConverter.DoubleToInt64Bits(((BsonDouble)y).Value),
            _ => BsonBytes.Encode(new BsonDocument("", x)).AsSpan().SequenceEqual(BsonBytes.Encode(new BsonDocument("", y))),
        };
    }

    private static bool AreIdentical(BsonDocument x, BsonDocument y)
    {
        if (x.ElementCount != y.ElementCount) return false;
        using var others = y.Elements.GetEnumerator();
        foreach (var element in x)
        {
            others.MoveNext();
            if (element.Name != others.Current.Name || !AreIdentical(element.Value, others.Current.Value)) return false;
        }

        return true;
    }

    private static bool AreIdentical(BsonArray x, BsonArray y)
    {
        if (x.Count != y.Count) return false;
        for (var i = 0; i < x.Count; i++)
        {
            if (!AreIdentical(x[i], y[i])) return false;
        }

        return true;
    }
}
