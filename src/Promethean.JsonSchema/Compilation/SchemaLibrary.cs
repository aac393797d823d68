using System.Buffers;
using System.Text.Json;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Compilation;

/// <summary>The schema resources that references may lead to. A registered document is read when it is asked for.</summary>
internal sealed class SchemaLibrary
{
    /// <summary>How deep a schema may be nested.</summary>
    public const int MaxDepth = 512;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly Dictionary<string, SchemaResource> resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dialect> dialects = new(StringComparer.Ordinal) { [Dialect.Standard] = Dialect.All };
    private readonly Dictionary<string, ReadOnlyMemory<byte>> unread = new(StringComparer.Ordinal);

    public SchemaLibrary(IReadOnlyDictionary<Uri, ReadOnlyMemory<byte>> documents)
    {
        foreach (var (uri, text) in documents) unread[UriReference.Split(uri.OriginalString).Uri] = text;
    }

    public static JsonElement Parse(ReadOnlyMemory<byte> text, string location)
    {
        if (new Tape().Read(text.Span, MaxDepth) is { } problem) throw new JsonSchemaException(location, problem);
        try
        {
            using var document = JsonDocument.Parse(text, Deep);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new JsonSchemaException(location, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Adds a document by the URI it was had from, and all resources in it.</summary>
    public SchemaResource Add(string uri, JsonElement root)
    {
        var dialect = DialectOf(root, uri, Dialect.All);
        var resource = new SchemaResource(IdOf(root, uri, uri) ?? uri, root, dialect);
        Register(resource.Uri, resource);
        resources.TryAdd(uri, resource);
        Index(resource, "", root);
        return resource;
    }

    /// <summary>Finds what an absolute reference leads to.</summary>
    public Place Find(string reference, string from)
    {
        var (uri, fragment) = UriReference.Split(reference);
        var resource = Resource(uri) ?? throw new JsonSchemaException(from, $"refers to {Shown(reference)}, but no schema with that URI is registered (JsonSchemaOptions.Documents); nothing is fetched");
        var text = Uri.UnescapeDataString(fragment ?? "");
        var pointer = text.Length == 0 || text[0] == '/' ? text : resource.Anchors.GetValueOrDefault(text);
        var place = pointer is null ? null : JsonPointer.Follow(resource, pointer);
        return place ?? throw new JsonSchemaException(from, $"refers to {Shown(reference)}, but there is nothing at #{fragment}");
    }

    private SchemaResource? Resource(string uri)
    {
        if (resources.TryGetValue(uri, out var known)) return known;
        if (unread.Remove(uri, out var text)) return Add(uri, Parse(text, uri));
        if (Metaschemas.Find(uri) is { } metaschema) return Add(uri, metaschema);
        // A document may bear the wanted URI as its $id only.
        foreach (var other in unread.Keys.Where(other => Mentions(unread[other], uri)).ToList())
        {
            if (!unread.Remove(other, out text)) continue;
            Add(other, Parse(text, other));
            if (resources.TryGetValue(uri, out known)) return known;
        }

        return null;
    }

    // A relative $id has at least the last segment of the URI in it.
    private static bool Mentions(ReadOnlyMemory<byte> text, string uri) =>
        text.Span.IndexOf("\"$id\""u8) >= 0 && text.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(uri[(uri.LastIndexOf('/') + 1)..])) >= 0;

    private static string Shown(string reference) =>
        reference.StartsWith(SchemaResource.Nameless, StringComparison.Ordinal) ? reference[SchemaResource.Nameless.Length..] : reference.Replace("schema:", "", StringComparison.Ordinal);

    private void Register(string uri, SchemaResource resource)
    {
        if (!resources.TryAdd(uri, resource)) throw new JsonSchemaException(uri, "two schemas have this URI");
    }

    private void Index(SchemaResource resource, string pointer, JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object && pointer.Length > 0 && IdOf(schema, resource.Uri, resource.Locate(pointer)) is { } id)
        {
            var embedded = new SchemaResource(id, schema, DialectOf(schema, resource.Locate(pointer), resource.Dialect));
            Register(id, embedded);
            resource.Embedded.Add(pointer, embedded);
            (resource, pointer) = (embedded, "");
        }

        resource.Schemas.Add(pointer);
        if (schema.ValueKind != JsonValueKind.Object) return;
        AddAnchor(resource, pointer, schema, "$anchor", resource.Anchors);
        AddAnchor(resource, pointer, schema, "$dynamicAnchor", resource.DynamicAnchors);
        foreach (var member in schema.EnumerateObject()) IndexKeyword(resource, JsonPointer.Append(pointer, member.Name), member);
    }

    private void IndexKeyword(SchemaResource resource, string pointer, JsonProperty keyword)
    {
        if (KeywordPlaces.One.Contains(keyword.Name))
        {
            Index(resource, pointer, keyword.Value);
        }
        else if (KeywordPlaces.Array.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in keyword.Value.EnumerateArray()) Index(resource, $"{pointer}/{index++}", item);
        }
        else if (KeywordPlaces.Map.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in keyword.Value.EnumerateObject()) Index(resource, JsonPointer.Append(pointer, member.Name), member.Value);
        }
    }

    private static void AddAnchor(SchemaResource resource, string pointer, JsonElement schema, string keyword, Dictionary<string, string> anchors)
    {
        if (!schema.TryGetProperty(keyword, out var value)) return;
        var location = $"{resource.Locate(pointer)}/{keyword}";
        var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var rest = name.AsSpan(name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') ? 1 : 0);
        if (rest.Length == name.Length || rest.ContainsAnyExcept(NameCharacters))
        {
            throw new JsonSchemaException(location, "must be a name: a letter or _, then letters, digits, -, . or _");
        }

        if (!resource.Anchors.TryAdd(name, pointer) && resource.Anchors[name] != pointer) throw new JsonSchemaException(location, $"two schemas of one resource have the anchor '{name}'");
        anchors[name] = pointer;
    }

    private static string? IdOf(JsonElement schema, string baseUri, string location)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$id", out var id)) return null;
        var (uri, fragment) = UriReference.Split(id.ValueKind == JsonValueKind.String ? id.GetString()! : "#-");
        if (fragment is { Length: > 0 }) throw new JsonSchemaException($"{location}{(location.Contains('#', StringComparison.Ordinal) ? "" : "#")}/$id", "must be a URI without a fragment");
        return UriReference.Resolve(baseUri, uri);
    }

    private Dialect DialectOf(JsonElement schema, string location, Dialect otherwise)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$schema", out var value)) return otherwise;
        var keyword = $"{location}{(location.Contains('#', StringComparison.Ordinal) ? "" : "#")}/$schema";
        var uri = value.ValueKind == JsonValueKind.String ? UriReference.Split(value.GetString()!).Uri : "";
        if (dialects.TryGetValue(uri, out var known)) return known;
        var root = Metaschemas.Find(uri) ?? (unread.TryGetValue(uri, out var text) ? Parse(text, uri) : resources.TryGetValue(uri, out var resource) ? resource.Root : null as JsonElement?);
        if (root is null) throw new JsonSchemaException(keyword, $"names {value.GetRawText()}, which is neither draft 2020-12 nor a registered metaschema");
        return dialects[uri] = Dialect.Read(root.Value, $"{uri}#");
    }
}
