using System.Text;
using System.Text.Json;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Keywords;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Compilation;

/// <summary>The vocabulary "validation": what a value itself must be.</summary>
internal static class ValidationKeywords
{
    public static void Read(KeywordReader reader, List<Keyword> keywords)
    {
        if (reader.Get("type") is { } type) keywords.Add(Type(reader, type));
        if (reader.Get("const") is { } constant) keywords.Add(new EnumKeyword("const", [Literal(constant)]));
        if (reader.Get("enum") is { } values)
        {
            if (values.ValueKind != JsonValueKind.Array) throw reader.Wrong("enum", "must be an array of values");
            keywords.Add(new EnumKeyword("enum", [.. values.EnumerateArray().Select(Literal)]));
        }

        foreach (var name in (ReadOnlySpan<string>)["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
        {
            if (reader.Number(name) is { } limit) keywords.Add(new RangeKeyword(name, limit));
        }

        if (reader.Number("multipleOf") is { } divisor)
        {
            var number = DecimalText.Read(divisor);
            if (number.Negative || number.IsZero) throw reader.Wrong("multipleOf", $"must be more than 0, not {Encoding.UTF8.GetString(divisor)}");
            keywords.Add(new MultipleOfKeyword(divisor));
        }

        if (reader.Count("minLength") is { } minLength) keywords.Add(new LengthKeyword("minLength", lower: true, minLength));
        if (reader.Count("maxLength") is { } maxLength) keywords.Add(new LengthKeyword("maxLength", lower: false, maxLength));
        if (reader.Text("pattern") is { } pattern) keywords.Add(new PatternKeyword(reader.Pattern("pattern", pattern)));
        if (reader.Count("minItems") is { } minItems) keywords.Add(new CountKeyword("minItems", TokenKind.Array, lower: true, minItems));
        if (reader.Count("maxItems") is { } maxItems) keywords.Add(new CountKeyword("maxItems", TokenKind.Array, lower: false, maxItems));
        if (reader.Count("minProperties") is { } minProperties) keywords.Add(new CountKeyword("minProperties", TokenKind.Object, lower: true, minProperties));
        if (reader.Count("maxProperties") is { } maxProperties) keywords.Add(new CountKeyword("maxProperties", TokenKind.Object, lower: false, maxProperties));
        if (reader.Names("required") is { Length: > 0 } required) keywords.Add(new RequiredKeyword(required));
        if (reader.NamesByName("dependentRequired") is { } dependent) keywords.Add(new DependentRequiredKeyword(dependent));
        if (reader.Flag("uniqueItems")) keywords.Add(new UniqueItemsKeyword());
    }

    private static Literal Literal(JsonElement value) => new(Encoding.UTF8.GetBytes(value.GetRawText()), SchemaLibrary.MaxDepth);

    private static TypeKeyword Type(KeywordReader reader, JsonElement value)
    {
        JsonElement[] given = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        var names = given.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()).ToList();
        var kinds = TokenKind.None;
        for (var i = 0; i < names.Count; i++) kinds |= given[i].ValueKind == JsonValueKind.String ? Kind(reader, names[i]) : throw WrongType(reader, names[i]);
        if (names.Count == 0 || names.Distinct(StringComparer.Ordinal).Count() != names.Count) throw reader.Wrong("type", "must name at least one type, and each once");
        return new(kinds, names.Contains("integer"), string.Join(" or ", names.Select(name => name switch { "null" => name, "array" or "object" or "integer" => $"an {name}", _ => $"a {name}" })));
    }

    // An integer is told by its text.
    private static TokenKind Kind(KeywordReader reader, string name) => name switch
    {
        "null" => TokenKind.Null,
        "boolean" => TokenKind.True | TokenKind.False,
        "number" => TokenKind.Number,
        "integer" => TokenKind.None,
        "string" => TokenKind.String,
        "array" => TokenKind.Array,
        "object" => TokenKind.Object,
        _ => throw WrongType(reader, name),
    };

    private static JsonSchemaException WrongType(KeywordReader reader, string found) =>
        reader.Wrong("type", $"must be null, boolean, object, array, number, string or integer, or an array of them, not {found}");
}
