using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>
/// The path of an update operator, whose parts may be the positional <c>$</c>, <c>$[]</c> and <c>$[identifier]</c>
/// ("Array Update Operators" in the manual). Immutable.
/// </summary>
internal sealed class UpdatePath
{
    private readonly FieldPath _path;
    private readonly DocumentFilter?[] _filters;

    private UpdatePath(FieldPath path, DocumentFilter?[] filters)
    {
        _path = path;
        _filters = filters;
    }

    /// <summary>The path as it was written.</summary>
    public string Text => _path.Text;

    /// <summary>The path as it was written, in parts.</summary>
    public FieldPath Fields => _path;

    /// <summary>How many parts there are.</summary>
    public int Length => _path.Length;

    /// <summary>Whether a part stands for elements that only the document decides.</summary>
    public bool IsDynamic => _path.Parts.Any(part => part.StartsWith('$'));

    /// <summary>Reads a path.</summary>
    public static UpdatePath Parse(string text, ArrayFilters arrayFilters)
    {
        if (text.Length == 0) throw new MongoCommandFailedException(MongoErrorCode.EmptyFieldName, "An empty update path is not valid.");
        var path = FieldPath.Parse(text);
        var filters = new DocumentFilter?[path.Length];
        var positions = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var part = path.Parts[i];
            if (part.Length == 0)
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.EmptyFieldName, $"The update path '{text}' contains an empty field name, which is not allowed.");
            }

            if (!part.StartsWith('$')) continue;
            if (part is not "$" && !part.StartsWith("$[", StringComparison.Ordinal))
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.DollarPrefixedFieldName,
                    $"The dollar ($) prefixed field '{part}' in '{text}' is not valid for storage.");
            }

            if (i == 0)
            {
                throw MongoCommandFailedException.BadValue($"Cannot have positional or array filter element in the first position in path '{text}'");
            }

            if (part is "$" && ++positions > 1)
            {
                throw MongoCommandFailedException.BadValue($"Too many positional (i.e. '$') elements found in path '{text}'");
            }

            if (part is not ("$" or "$[]")) filters[i] = arrayFilters.Use(Identifier(part, text), text);
        }

        return new UpdatePath(path, filters);
    }

    /// <summary>The name of part <paramref name="part"/>, with a positional <c>$</c> put in.</summary>
    public string Name(int part, UpdateContext context)
    {
        var name = _path.Parts[part];
        if (name is not "$") return name;
        return context.PositionalIndex is { } index
            ? index.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : throw MongoCommandFailedException.BadValue("The positional operator did not find the match needed from the query.");
    }

    /// <summary>Whether a part stands for several array elements.</summary>
    public bool IsMany(int part) => _path.Parts[part].StartsWith("$[", StringComparison.Ordinal);

    /// <summary>Whether a part that stands for several array elements stands for this one.</summary>
    public bool Selects(int part, BsonValue element) =>
        _filters[part] is not { } filter || filter.Matches(new BsonDocument(_path.Parts[part][2..^1], element));

    /// <summary>The first parts of the path, as written.</summary>
    public string Prefix(int parts) => string.Join('.', _path.Parts.Take(parts));

    private static string Identifier(string part, string text)
    {
        var identifier = part.EndsWith(']') ? part[2..^1] : string.Empty;
        if (identifier.Length == 0 || !char.IsAsciiLetterLower(identifier[0]) || !identifier.All(char.IsAsciiLetterOrDigit))
        {
            throw MongoCommandFailedException.BadValue(
                $"Error parsing array filter identifier in path '{text}': '{identifier}' must begin with a lowercase letter and hold no special characters");
        }

        return identifier;
    }
}
