using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// The order of BSON types among each other ("Comparison/Sort Order" in MongoDB's manual). Types of one rank, such as
/// the four kinds of number, compare by value. Ranks fit a byte and are never 0 or 255, which <see cref="KeyString"/> relies on.
/// </summary>
internal static class BsonTypeRank
{
    public const byte MinKey = 1;
    public const byte Undefined = 5;
    public const byte Null = 10;
    public const byte Number = 20;
    public const byte String = 30;
    public const byte Document = 40;
    public const byte Array = 50;
    public const byte Binary = 60;
    public const byte ObjectId = 70;
    public const byte Boolean = 80;
    public const byte DateTime = 90;
    public const byte Timestamp = 94;
    public const byte RegularExpression = 100;
    public const byte JavaScript = 120;
    public const byte JavaScriptWithScope = 130;
    public const byte MaxKey = 250;

    public static byte Of(BsonType type) => type switch
    {
        BsonType.Int32 or BsonType.Int64 or BsonType.Double or BsonType.Decimal128 => Number,
        BsonType.String or BsonType.Symbol => String,
        BsonType.Document => Document,
        BsonType.Array => Array,
        BsonType.ObjectId => ObjectId,
        BsonType.Boolean => Boolean,
        BsonType.DateTime => DateTime,
        BsonType.Null => Null,
        BsonType.Binary => Binary,
        BsonType.Timestamp => Timestamp,
        BsonType.RegularExpression => RegularExpression,
        BsonType.JavaScript => JavaScript,
        BsonType.JavaScriptWithScope => JavaScriptWithScope,
        BsonType.MinKey => MinKey,
        BsonType.MaxKey => MaxKey,
        _ => Undefined,
    };
}
