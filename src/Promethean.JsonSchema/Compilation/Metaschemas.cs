using System.Text.Json;

namespace Promethean.JsonSchema.Compilation;

/// <summary>The metaschemas of draft 2020-12, as json-schema.org publishes them.</summary>
internal static class Metaschemas
{
    private const string Prefix = "https://json-schema.org/draft/2020-12/";

    public static JsonElement? Find(string uri)
    {
        if (!uri.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var name = uri[Prefix.Length..].Replace("meta/", "", StringComparison.Ordinal);
        using var resource = typeof(Metaschemas).Assembly.GetManifestResourceStream($"{name}.json");
        if (resource is null) return null;
        using var document = JsonDocument.Parse(resource);
        return document.RootElement.Clone();
    }
}
