using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>A dotted path such as <c>a.b.0</c>, split once. Immutable.</summary>
internal sealed class FieldPath
{
    /// <summary>MongoDB refuses documents nested deeper, so a longer path can never exist.</summary>
    private const int MaxParts = 200;

    private readonly int[] _indexes;

    private FieldPath(string text, string[] parts)
    {
        Text = text;
        Parts = parts;
        _indexes = Array.ConvertAll(parts, IndexOf);
    }

    /// <summary>The whole path.</summary>
    public string Text { get; }

    /// <summary>The names between the dots; at least one.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>How many parts there are.</summary>
    public int Length => _indexes.Length;

    /// <summary>Whether any part could be a position in an array.</summary>
    public bool HasIndexes => Array.Exists(_indexes, index => index >= 0);

    /// <summary>Splits a path; empty parts are kept, as queries allow them.</summary>
    public static FieldPath Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length > MaxParts)
        {
            throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"FieldPath is too long: {parts.Length} parts");
        }

        return new FieldPath(text, parts);
    }

    /// <summary>The array position that part <paramref name="part"/> may stand for, or -1.</summary>
    public int Index(int part) => _indexes[part];

    /// <summary>The value of part <paramref name="part"/> in <paramref name="document"/>, or null if it is missing.</summary>
    public BsonValue? Step(BsonDocument document, int part) => document.TryGetValue(Parts[part], out var value) ? value : null;

    /// <summary>
    /// The value at this path through documents and array positions only, without spreading over arrays; null if missing.
    /// </summary>
    public BsonValue? Find(BsonDocument document)
    {
        BsonValue? value = document;
        for (var part = 0; part < Length && value is not null; part++)
        {
            value = value switch
            {
                BsonDocument inner => Step(inner, part),
                BsonArray array when Index(part) >= 0 && Index(part) < array.Count => array[Index(part)],
                _ => null,
            };
        }

        return value;
    }

    /// <summary>Whether this path is <paramref name="other"/> or one of its ancestors.</summary>
    public bool IsPrefixOf(FieldPath other)
    {
        if (Length > other.Length) return false;
        for (var i = 0; i < Length; i++)
        {
            if (!string.Equals(Parts[i], other.Parts[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }

    public override string ToString() => Text;

    /// <summary>The array position a name stands for, or -1: digits without a leading zero.</summary>
    public static int IndexOf(string part) =>
        part.Length is > 0 and < 10 && (part[0] != '0' || part.Length == 1) && !part.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)
            : -1;
}
