using System.Text.Json;

namespace Promethean.JsonSchema.Compilation;

/// <summary>Which of the vocabularies of draft 2020-12 a schema's keywords are read by.</summary>
internal sealed record Dialect(bool Applicator, bool Unevaluated, bool Validation)
{
    public const string Standard = "https://json-schema.org/draft/2020-12/schema";

    private const string Vocabularies = "https://json-schema.org/draft/2020-12/vocab/";

    public static Dialect All { get; } = new(true, true, true);

    /// <summary>What a metaschema's $vocabulary asks for; all of it where it has none.</summary>
    public static Dialect Read(JsonElement metaschema, string location)
    {
        if (metaschema.ValueKind != JsonValueKind.Object || !metaschema.TryGetProperty("$vocabulary", out var vocabulary)) return All;
        if (vocabulary.ValueKind != JsonValueKind.Object) throw new JsonSchemaException($"{location}/$vocabulary", "must be an object of URIs and booleans");
        foreach (var entry in vocabulary.EnumerateObject())
        {
            var name = entry.Name.StartsWith(Vocabularies, StringComparison.Ordinal) ? entry.Name[Vocabularies.Length..] : "";
            if (name is not ("core" or "applicator" or "unevaluated" or "validation" or "meta-data" or "format-annotation" or "content") && entry.Value.ValueKind != JsonValueKind.False)
            {
                throw new JsonSchemaException($"{location}/$vocabulary", $"requires the vocabulary {entry.Name}, which is not supported");
            }
        }

        bool Has(string name) => vocabulary.TryGetProperty(Vocabularies + name, out _);
        return new(Has("applicator"), Has("unevaluated"), Has("validation"));
    }
}
