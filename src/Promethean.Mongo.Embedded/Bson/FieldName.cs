using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>A field name that comes from a value, such as a key of <c>$arrayToObject</c>: unlike a name in BSON it may hold a null byte.</summary>
internal static class FieldName
{
    /// <summary>The name, unless no document could hold it.</summary>
    public static string Check(string name) => name.Contains('\0')
        ? throw MongoCommandFailedException.Location(16411, "FieldPath field names may not contain '\\0'.")
        : name;
}
