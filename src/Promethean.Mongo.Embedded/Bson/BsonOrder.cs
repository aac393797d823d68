using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// MongoDB's total order of BSON values ("Comparison/Sort Order" in the manual): first by type, then by value; numbers of
/// different types compare exactly, strings by their UTF-8 bytes, documents field by field (type, name, value), NaN is the
/// smallest number. Equality and hash codes agree with the order, so <c>1</c>, <c>1.0</c> and <c>NumberDecimal("1.00")</c> are one key.
/// </summary>
internal sealed class BsonOrder : IComparer<BsonValue>, IEqualityComparer<BsonValue>
{
    private BsonOrder()
    {
    }

    /// <summary>The only instance; safe for any number of threads.</summary>
    public static BsonOrder Instance { get; } = new();

    int IComparer<BsonValue>.Compare(BsonValue? x, BsonValue? y) => Compare(x ?? BsonNull.Value, y ?? BsonNull.Value);

    bool IEqualityComparer<BsonValue>.Equals(BsonValue? x, BsonValue? y) => Compare(x ?? BsonNull.Value, y ?? BsonNull.Value) == 0;

    int IEqualityComparer<BsonValue>.GetHashCode(BsonValue obj) => Hash(obj);

    /// <summary>Compares two values of any type.</summary>
    public static int Compare(BsonValue x, BsonValue y)
    {
        if (ReferenceEquals(x, y)) return 0;
        var rank = BsonTypeRank.Of(x.BsonType);
        var difference = rank - BsonTypeRank.Of(y.BsonType);
        return difference != 0 ? difference : CompareSameRank(rank, x, y);
    }

    /// <summary>Whether two values are the same in MongoDB's eyes.</summary>
    public static bool AreEqual(BsonValue x, BsonValue y) => Compare(x, y) == 0;

    /// <summary>Compares strings as their UTF-8 bytes compare, which is by code point.</summary>
    public static int CompareStrings(string x, string y)
    {
        var at = x.AsSpan().CommonPrefixLength(y);
        if (at == x.Length || at == y.Length) return x.Length.CompareTo(y.Length);
        return CodePointRank(x[at]) - CodePointRank(y[at]);
    }

    /// <summary>A hash code that agrees with <see cref="Compare"/>.</summary>
    public static int Hash(BsonValue value)
    {
        var rank = BsonTypeRank.Of(value.BsonType);
        switch (rank)
        {
            case BsonTypeRank.Number:
                return HashCode.Combine(rank, NumericOrder.Hash(value));
            case BsonTypeRank.String:
                return HashCode.Combine(rank, StringOf(value));
            case BsonTypeRank.Document:
                return HashDocument(value.AsBsonDocument);
            case BsonTypeRank.Array:
                var array = new HashCode();
                foreach (var item in value.AsBsonArray) array.Add(Hash(item));
                return array.ToHashCode();
            case BsonTypeRank.Null or BsonTypeRank.Undefined or BsonTypeRank.MinKey or BsonTypeRank.MaxKey:
                return rank;
            case BsonTypeRank.JavaScriptWithScope:
                return HashCode.Combine(rank, value.AsBsonJavaScriptWithScope.Code);
            case BsonTypeRank.Binary:
                var bytes = new HashCode();
                bytes.AddBytes(value.AsBsonBinaryData.Bytes);
                return bytes.ToHashCode();
            default:
                return HashCode.Combine(rank, value.GetHashCode());
        }
    }

    private static int HashDocument(BsonDocument document)
    {
        var hash = new HashCode();
        foreach (var element in document)
        {
            hash.Add(element.Name, StringComparer.Ordinal);
            hash.Add(Hash(element.Value));
        }

        return hash.ToHashCode();
    }

    private static int CompareSameRank(byte rank, BsonValue x, BsonValue y)
    {
        switch (rank)
        {
            case BsonTypeRank.Number:
                return NumericOrder.Compare(x, y);
            case BsonTypeRank.String:
                return CompareStrings(StringOf(x), StringOf(y));
            case BsonTypeRank.Document:
                return CompareDocuments(x.AsBsonDocument, y.AsBsonDocument);
            case BsonTypeRank.Array:
                return CompareArrays(x.AsBsonArray, y.AsBsonArray);
            case BsonTypeRank.Binary:
                return CompareBinary(x.AsBsonBinaryData, y.AsBsonBinaryData);
            case BsonTypeRank.ObjectId:
                return x.AsObjectId.CompareTo(y.AsObjectId);
            case BsonTypeRank.Boolean:
                return x.AsBoolean.CompareTo(y.AsBoolean);
            case BsonTypeRank.DateTime:
                return x.AsBsonDateTime.MillisecondsSinceEpoch.CompareTo(y.AsBsonDateTime.MillisecondsSinceEpoch);
            case BsonTypeRank.Timestamp:
                return ((ulong)x.AsBsonTimestamp.Value).CompareTo((ulong)y.AsBsonTimestamp.Value);
            case BsonTypeRank.RegularExpression:
                var pattern = CompareStrings(x.AsBsonRegularExpression.Pattern, y.AsBsonRegularExpression.Pattern);
                return pattern != 0 ? pattern : CompareStrings(x.AsBsonRegularExpression.Options, y.AsBsonRegularExpression.Options);
            case BsonTypeRank.JavaScript:
                return CompareStrings(x.AsBsonJavaScript.Code, y.AsBsonJavaScript.Code);
            case BsonTypeRank.JavaScriptWithScope:
                var code = CompareStrings(x.AsBsonJavaScriptWithScope.Code, y.AsBsonJavaScriptWithScope.Code);
                return code != 0 ? code : CompareDocuments(x.AsBsonJavaScriptWithScope.Scope, y.AsBsonJavaScriptWithScope.Scope);
            default:
                return 0;
        }
    }

    private static int CompareDocuments(BsonDocument x, BsonDocument y)
    {
        var shared = Math.Min(x.ElementCount, y.ElementCount);
        for (var i = 0; i < shared; i++)
        {
            var left = x.GetElement(i);
            var right = y.GetElement(i);
            var rank = BsonTypeRank.Of(left.Value.BsonType);
            var difference = rank - BsonTypeRank.Of(right.Value.BsonType);
            if (difference == 0) difference = CompareStrings(left.Name, right.Name);
            if (difference == 0) difference = CompareSameRank(rank, left.Value, right.Value);
            if (difference != 0) return difference;
        }

        return x.ElementCount - y.ElementCount;
    }

    private static int CompareArrays(BsonArray x, BsonArray y)
    {
        var shared = Math.Min(x.Count, y.Count);
        for (var i = 0; i < shared; i++)
        {
            var difference = Compare(x[i], y[i]);
            if (difference != 0) return difference;
        }

        return x.Count - y.Count;
    }

    private static int CompareBinary(BsonBinaryData x, BsonBinaryData y)
    {
        var difference = x.Bytes.Length - y.Bytes.Length;
        if (difference == 0) difference = x.SubType - y.SubType;
        return difference != 0 ? difference : x.Bytes.AsSpan().SequenceCompareTo(y.Bytes);
    }

    private static string StringOf(BsonValue value) => value is BsonSymbol symbol ? symbol.Name : value.AsString;

    // UTF-16 puts surrogates before U+E000..U+FFFF, UTF-8 puts what they encode after.
    private static int CodePointRank(char unit) => unit switch
    {
        < '\uD800' => unit,
        < '\uE000' => unit + 0x2000,
        _ => unit - 0x800,
    };
}
