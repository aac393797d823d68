using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.JsonSchema;

/// <summary>The keywords of one schema, each checked for the type of its value.</summary>
internal sealed class SchemaKeywords
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "additionalItems", "additionalProperties", "allOf", "anyOf", "bsonType", "dependencies", "description", "enum",
        "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "properties", "required", "title",
        "type", "uniqueItems",
    };

    private static readonly HashSet<string> Unsupported = new(StringComparer.Ordinal)
    {
        "$ref", "$schema", "default", "definitions", "format", "id", "encrypt", "encryptMetadata", "keyId",
    };

    private readonly BsonDocument _schema;

    public SchemaKeywords(BsonDocument schema)
    {
        _schema = schema;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in schema.Names)
        {
            if (Unsupported.Contains(name)) throw MongoCommandFailedException.FailedToParse($"$jsonSchema keyword '{name}' is not currently supported");
            if (!Known.Contains(name)) throw MongoCommandFailedException.FailedToParse($"Unknown $jsonSchema keyword: {name}");
            if (!seen.Add(name)) throw MongoCommandFailedException.FailedToParse($"Duplicate $jsonSchema keyword: {name}");
        }
    }

    /// <summary>The keyword's value, or null if the schema does not have it.</summary>
    public BsonValue? this[string name] => _schema.TryGetValue(name, out var value) ? value : null;

    /// <summary>The keyword with its value.</summary>
    public BsonElement Element(string name) => _schema.GetElement(name);

    /// <summary>The keyword, if the schema has it, with a value of one type.</summary>
    public bool Has<T>(string name, string article, out T value)
        where T : BsonValue
    {
        value = null!;
        if (this[name] is not { } found) return false;
        value = found as T ?? throw MongoCommandFailedException.TypeMismatch($"$jsonSchema keyword '{name}' must be {article}");
        return true;
    }

    /// <summary>A number that must be whole and not negative.</summary>
    public bool HasCount(string name, out long count)
    {
        count = 0;
        if (this[name] is not { } value) return false;
        if (!Numbers.IsNumber(value)) throw MongoCommandFailedException.TypeMismatch($"$jsonSchema keyword '{name}' must be a number");
        if (!Numbers.TryToInt64(value, out count)) throw MongoCommandFailedException.FailedToParse($"Expected an integer: {name}: {value}");
        return count >= 0 ? true : throw MongoCommandFailedException.FailedToParse($"Expected a non-negative number in: {name}: {value}");
    }

    /// <summary>A list of distinct names that must not be empty.</summary>
    public static string[] Names(string keyword, BsonArray list)
    {
        if (list.Count == 0) throw MongoCommandFailedException.FailedToParse($"$jsonSchema keyword '{keyword}' cannot be an empty array");
        var names = new List<string>(list.Count);
        foreach (var item in list)
        {
            if (item is not BsonString { Value: var name })
            {
                throw MongoCommandFailedException.TypeMismatch($"$jsonSchema keyword '{keyword}' must be an array of strings, but found an element of type: {BsonTypeNames.Of(item.BsonType)}");
            }

            if (names.Contains(name)) throw MongoCommandFailedException.FailedToParse($"$jsonSchema keyword '{keyword}' array cannot contain duplicate values");
            names.Add(name);
        }

        return [.. names];
    }
}
