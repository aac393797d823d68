using System.Text.Json;

namespace Promethean.JsonSchema.Compilation;

/// <summary>A schema with a URI of its own: a document, or a part of one that has an $id.</summary>
internal sealed class SchemaResource(string uri, JsonElement root, Dialect dialect)
{
    /// <summary>The base of a schema that has neither $id nor BaseUri; locations leave it out.</summary>
    public const string Nameless = "schema:root";

    public string Uri { get; } = uri;

    public JsonElement Root { get; } = root;

    public Dialect Dialect { get; } = dialect;

    /// <summary>Anchors, dynamic ones among them, with the pointer each stands at.</summary>
    public Dictionary<string, string> Anchors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> DynamicAnchors { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources within this one, by the pointer they stand at.</summary>
    public Dictionary<string, SchemaResource> Embedded { get; } = new(StringComparer.Ordinal);

    /// <summary>The pointers at which schemas stand, those of embedded resources left out.</summary>
    public List<string> Schemas { get; } = [];

    public string Locate(string pointer) => $"{(Uri == Nameless ? "" : Uri)}#{pointer}";
}
