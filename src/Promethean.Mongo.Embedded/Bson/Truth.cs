using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>What MongoDB takes for true: everything but false, zero, null, undefined and what is missing.</summary>
internal static class Truth
{
    /// <summary>Whether a value, null for a missing one, counts as true.</summary>
    public static bool Of(BsonValue? value) => value?.BsonType switch
    {
        null or BsonType.Null or BsonType.Undefined => false,
        BsonType.Boolean => value.AsBoolean,
        BsonType.Int32 => value.AsInt32 != 0,
        BsonType.Int64 => value.AsInt64 != 0,
        BsonType.Double => value.AsDouble != 0,
        BsonType.Decimal128 => NumericOrder.Compare(value, Zero) != 0,
        _ => true,
    };

    private static readonly BsonInt32 Zero = new(0);
}
