using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>The names and numbers MongoDB gives BSON types in <c>$type</c> and in messages.</summary>
internal static class BsonTypeNames
{
    /// <summary>The type's alias, as <c>$type</c> takes and returns it.</summary>
    public static string Of(BsonType type) => type switch
    {
        BsonType.Double => "double",
        BsonType.String => "string",
        BsonType.Document => "object",
        BsonType.Array => "array",
        BsonType.Binary => "binData",
        BsonType.Undefined => "undefined",
        BsonType.ObjectId => "objectId",
        BsonType.Boolean => "bool",
        BsonType.DateTime => "date",
        BsonType.Null => "null",
        BsonType.RegularExpression => "regex",
        BsonType.JavaScript => "javascript",
        BsonType.Symbol => "symbol",
        BsonType.JavaScriptWithScope => "javascriptWithScope",
        BsonType.Int32 => "int",
        BsonType.Timestamp => "timestamp",
        BsonType.Int64 => "long",
        BsonType.Decimal128 => "decimal",
        BsonType.MinKey => "minKey",
        BsonType.MaxKey => "maxKey",
        _ => "missing",
    };

    /// <summary>The type an alias stands for, or null; <c>number</c>, which stands for four, is not among them.</summary>
    public static BsonType? Parse(string alias)
    {
        foreach (var type in Enum.GetValues<BsonType>())
        {
            if (type != BsonType.EndOfDocument && string.Equals(Of(type), alias, StringComparison.Ordinal)) return type;
        }

        return null;
    }

    /// <summary>The type a number stands for, or null. -1 is MinKey, 127 MaxKey.</summary>
    public static BsonType? Parse(double number)
    {
        if (number == -1) return BsonType.MinKey;
        foreach (var type in Enum.GetValues<BsonType>())
        {
            if (type is not (BsonType.EndOfDocument or BsonType.MinKey) && (int)type == number) return type;
        }

        return null;
    }
}
