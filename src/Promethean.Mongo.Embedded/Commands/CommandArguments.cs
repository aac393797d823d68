using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Reads the fields of a command, refusing those of a wrong type as MongoDB does. An absent field and null are the same.</summary>
internal sealed class CommandArguments(CommandRequest request)
{
    private readonly BsonDocument _body = request.Body;

    public BsonValue? Optional(string field) => _body.TryGetValue(field, out var value) && value is not BsonNull ? value : null;

    public BsonDocument? OptionalDocument(string field) => Optional(field) switch
    {
        null => null,
        BsonDocument document => document,
        var other => throw WrongType(field, other, "object"),
    };

    public BsonDocument Document(string field) => OptionalDocument(field) ?? [];

    public BsonDocument RequiredDocument(string field) => OptionalDocument(field) ?? throw Missing(field);

    public BsonArray? OptionalArray(string field) => Optional(field) switch
    {
        null => null,
        BsonArray array => array,
        var other => throw WrongType(field, other, "array"),
    };

    public BsonArray RequiredArray(string field) => OptionalArray(field) ?? throw Missing(field);

    public string RequiredString(string field) => Optional(field) switch
    {
        null => throw Missing(field),
        BsonString text => text.Value,
        var other => throw WrongType(field, other, "string"),
    };

    public bool Boolean(string field, bool otherwise = false) => Optional(field) switch
    {
        null => otherwise,
        BsonBoolean boolean => boolean.Value,
        var number when number.IsNumeric => number.ToDouble() != 0,
        var other => throw WrongType(field, other, "bool', 'long', 'int', 'decimal', 'double"),
    };

    /// <summary>A whole number that is not negative.</summary>
    public long? OptionalCount(string field)
    {
        var value = Optional(field);
        if (value is null) return null;
        if (!value.IsNumeric) throw WrongType(field, value, "long', 'int', 'decimal', 'double");
        if (value.ToDouble() is not (>= long.MinValue and < 9.2e18)) throw MongoCommandFailedException.BadValue($"BSON field '{field}' is out of range");
        var number = value.ToInt64();
        return number >= 0 ? number : throw MongoCommandFailedException.Location(51024, $"BSON field '{field}' value must be >= 0, actual value '{number}'");
    }

    /// <summary>The <c>batchSize</c> in the <c>cursor</c> field of commands that open one.</summary>
    public long? CursorBatchSize => OptionalDocument("cursor") is { } cursor && cursor.TryGetValue("batchSize", out var size)
        ? size.IsNumeric && size.ToDouble() is >= 0 and <= int.MaxValue ? size.ToInt64() : throw MongoCommandFailedException.BadValue("cursor.batchSize must be a non-negative number")
        : null;

    /// <summary>The documents of a field, whether they came in the command or beside it, as validated bytes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Documents(string field)
    {
        if (request.Sequences.TryGetValue(field, out var sequence)) return sequence;
        return RequiredArray(field)
            .Select(item => item is BsonDocument document
                ? (ReadOnlyMemory<byte>)BsonBytes.Encode(document)
                : throw WrongType(field, item, "object"))
            .ToList();
    }

    /// <summary>Refuses options of MongoDB that are known but cannot be honoured; one that is absent, false or empty asks for nothing.</summary>
    /// <exception cref="MongoCommandFailedException">Code 115.</exception>
    public void Refuse(params ReadOnlySpan<string> options)
    {
        foreach (var option in options)
        {
            if (Optional(option) is null or BsonBoolean { Value: false } or BsonDocument { ElementCount: 0 }) continue;
            throw new MongoCommandFailedException(
                MongoErrorCode.CommandNotSupported, $"The option '{option}' of the command '{request.Name}' is not supported by this server");
        }
    }

    private MongoCommandFailedException WrongType(string field, BsonValue value, string expected) => MongoCommandFailedException.TypeMismatch(
        $"BSON field '{request.Name}.{field}' is the wrong type '{BsonTypeNames.Of(value.BsonType)}', expected type '{expected}'");

    private MongoCommandFailedException Missing(string field) =>
        MongoCommandFailedException.Location(40414, $"BSON field '{request.Name}.{field}' is missing but a required field");
}
