using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>Checks on the values operators are given.</summary>
internal static class Operand
{
    /// <summary>Whether a value is missing, null or undefined: most operators then answer null.</summary>
    public static bool IsNullish(BsonValue? value) => value is null or BsonNull or BsonUndefined;

    /// <summary>The type's name in messages.</summary>
    public static string TypeOf(BsonValue? value) => value is null ? "missing" : BsonTypeNames.Of(value.BsonType);

    public static string String(BsonValue? value, string name, int code) => value switch
    {
        BsonString text => text.Value,
        BsonSymbol symbol => symbol.Name,
        _ => throw MongoCommandFailedException.Location(code, $"{name} requires a string argument, found: {TypeOf(value)}"),
    };

    public static BsonArray Array(BsonValue? value, string name, int code) => value as BsonArray
        ?? throw MongoCommandFailedException.Location(code, $"The argument to {name} must be an array, but was of type: {TypeOf(value)}");

    /// <summary>A number that is a 32-bit integer, whatever its type.</summary>
    public static int Int32(BsonValue? value, string name, int code) => value is not null && Numbers.TryToInt32(value, out var number)
        ? number
        : throw MongoCommandFailedException.Location(code, $"{name} requires an argument that is representable as a 32-bit integer, found: {value ?? "missing"} ({TypeOf(value)})");
}
