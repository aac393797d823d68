using System.Text;
using System.Text.Json;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Numbers;
using Promethean.JsonSchema.Patterns;

namespace Promethean.JsonSchema.Compilation;

/// <summary>Reads the keywords of one schema; a value of the wrong shape is refused with its location.</summary>
internal sealed class KeywordReader(Place place, TimeSpan patternTimeout, Func<Place, SchemaNode> compile)
{
    public JsonElement? Get(string keyword) => place.Element.TryGetProperty(keyword, out var value) ? value : null;

    public JsonSchemaException Wrong(string keyword, string problem, Exception? inner = null) => new($"{place.Location}/{keyword}", problem, inner);

    public string? Text(string keyword) => Get(keyword) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(keyword, $"must be a string, not {Short(value)}");

    public bool Flag(string keyword) => Get(keyword) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(keyword, $"must be true or false, not {Short(value)}"));

    public void MustBe(string keyword, JsonValueKind kind)
    {
        if (Get(keyword) is { } value && value.ValueKind != kind) throw Wrong(keyword, $"must be an {(kind == JsonValueKind.Array ? "array" : "object")}, not {Short(value)}");
    }

    public byte[]? Number(string keyword) => Get(keyword) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? Encoding.UTF8.GetBytes(value.GetRawText()) : throw Wrong(keyword, $"must be a number, not {Short(value)}");

    /// <summary>An integer from 0; one that no text can reach is as good as the largest.</summary>
    public long? Count(string keyword)
    {
        if (Get(keyword) is not { } value) return null;
        var number = value.ValueKind == JsonValueKind.Number ? DecimalText.Read(Encoding.UTF8.GetBytes(value.GetRawText())) : default;
        if (value.ValueKind != JsonValueKind.Number || number.Negative || !number.IsInteger) throw Wrong(keyword, $"must be an integer from 0, not {Short(value)}");
        return number.Exponent + number.Count > 15 ? long.MaxValue : (long)value.GetDouble();
    }

    public string[]? Names(string keyword) => Get(keyword) is { } value ? NamesOf(keyword, value) : null;

    public (string Name, IReadOnlyList<string> Needed)[]? NamesByName(string keyword)
    {
        if (Get(keyword) is not { } value) return null;
        MustBe(keyword, JsonValueKind.Object);
        return [.. Last(value).Select(member => (member.Name, (IReadOnlyList<string>)NamesOf(JsonPointer.Append(keyword, member.Name), member.Value)))];
    }

    public Pattern Pattern(string keyword, string source)
    {
        try
        {
            return new(source, patternTimeout);
        }
        catch (FormatException e)
        {
            throw Wrong(keyword, $"'{source}' is no regular expression that can be used: {e.Message}", e);
        }
    }

    public Subschema? One(string keyword) => Get(keyword) is { } value ? Schema("/" + keyword, value) : null;

    public Subschema[]? Many(string keyword)
    {
        if (Get(keyword) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw Wrong(keyword, $"must be an array of at least one schema, not {Short(value)}");
        return [.. value.EnumerateArray().Select((item, index) => Schema($"/{keyword}/{index}", item))];
    }

    public (string Name, Subschema Schema)[]? Named(string keyword)
    {
        if (Get(keyword) is not { } value) return null;
        MustBe(keyword, JsonValueKind.Object);
        return [.. Last(value).Select(member => (member.Name, Schema(JsonPointer.Append("/" + keyword, member.Name), member.Value)))];
    }

    private string[] NamesOf(string keyword, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            throw Wrong(keyword, $"must be an array of strings, not {Short(value)}");
        }

        string[] names = [.. value.EnumerateArray().Select(item => item.GetString()!)];
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : throw Wrong(keyword, "must name each member once");
    }

    private Subschema Schema(string path, JsonElement value)
    {
        var pointer = place.Pointer + path;
        var embedded = place.Resource.Embedded.GetValueOrDefault(pointer);
        return new(compile(embedded is null ? new(place.Resource, pointer, value) : new(embedded, "", value)), path);
    }

    private static IEnumerable<JsonProperty> Last(JsonElement value) => value.EnumerateObject().GroupBy(member => member.Name).Select(same => same.Last());

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}
