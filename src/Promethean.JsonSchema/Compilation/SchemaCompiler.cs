using System.Text.Json;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Keywords;

namespace Promethean.JsonSchema.Compilation;

/// <summary>Makes the nodes of all schemas of a document, and of those that they refer to.</summary>
internal sealed class SchemaCompiler(SchemaLibrary library, TimeSpan patternTimeout)
{
    private readonly Dictionary<(SchemaResource, string), SchemaNode> nodes = [];
    private readonly Queue<(SchemaNode Node, Place Place)> unfilled = new();
    private readonly List<(DynamicRefKeyword Keyword, string Anchor)> dynamic = [];

    public Dictionary<(SchemaResource, string), SchemaNode> Compile(SchemaResource document)
    {
        AddAll(document);
        do
        {
            while (unfilled.TryDequeue(out var next)) Fill(next.Node, next.Place);
            LinkDynamic();
        }
        while (unfilled.Count > 0);
        RefuseCircles();
        return nodes;
    }

    private void AddAll(SchemaResource resource)
    {
        foreach (var pointer in resource.Schemas) Node(JsonPointer.Follow(resource, pointer)!.Value);
        foreach (var embedded in resource.Embedded.Values) AddAll(embedded);
    }

    private SchemaNode Node(Place place)
    {
        if (nodes.TryGetValue((place.Resource, place.Pointer), out var node)) return node;
        node = new(place.Resource, place.Location);
        nodes.Add((place.Resource, place.Pointer), node);
        unfilled.Enqueue((node, place));
        return node;
    }

    private void Fill(SchemaNode node, Place place)
    {
        if (place.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            node.Never = place.Element.ValueKind == JsonValueKind.False;
            return;
        }

        if (place.Element.ValueKind != JsonValueKind.Object) throw new JsonSchemaException(place.Location, $"must be a schema (an object, true or false), not {place.Element.GetRawText()}");
        var reader = new KeywordReader(place, patternTimeout, Node);
        var keywords = new List<Keyword>();
        Annotations.Check(reader);
        node.Description = Annotations.Description(reader);
        // The cheap and telling ones first; what looks at evaluated members last, as the specification wants it.
        if (place.Resource.Dialect.Validation) ValidationKeywords.Read(reader, keywords);
        if (place.Resource.Dialect.Applicator) ApplicatorKeywords.ReadChildren(reader, keywords, place.Resource.Dialect.Validation);
        ReadReferences(reader, node, place, keywords);
        if (place.Resource.Dialect.Applicator) ApplicatorKeywords.ReadBranches(reader, keywords, node);
        if (place.Resource.Dialect.Unevaluated) node.Notes = ApplicatorKeywords.ReadUnevaluated(reader, keywords);
        node.Keywords = [.. keywords];
    }

    private void ReadReferences(KeywordReader reader, SchemaNode node, Place place, List<Keyword> keywords)
    {
        if (reader.Text("$ref") is { } reference)
        {
            var target = Node(library.Find(UriReference.Resolve(place.Resource.Uri, reference), $"{place.Location}/$ref"));
            node.Always.Add(target);
            keywords.Add(new RefKeyword("$ref", target));
        }

        if (reader.Text("$dynamicRef") is not { } dynamicReference) return;
        var found = library.Find(UriReference.Resolve(place.Resource.Uri, dynamicReference), $"{place.Location}/$dynamicRef");
        var initial = Node(found);
        // It is dynamic only where it first leads to a $dynamicAnchor by its name.
        if (UriReference.Split(dynamicReference).Fragment is { Length: > 0 } name && found.Resource.DynamicAnchors.TryGetValue(name, out var pointer) && pointer == found.Pointer)
        {
            var keyword = new DynamicRefKeyword(initial);
            dynamic.Add((keyword, name));
            keywords.Add(keyword);
        }
        else
        {
            node.Always.Add(initial);
            keywords.Add(new RefKeyword("$dynamicRef", initial));
        }
    }

    private void LinkDynamic()
    {
        foreach (var resource in nodes.Keys.Select(key => key.Item1).Distinct().ToList())
        {
            foreach (var (keyword, anchor) in dynamic)
            {
                if (!resource.DynamicAnchors.TryGetValue(anchor, out var pointer) || keyword.Targets.ContainsKey(resource)) continue;
                keyword.Targets.Add(resource, new(Node(JsonPointer.Follow(resource, pointer)!.Value), "/$dynamicRef"));
            }
        }
    }

    private void RefuseCircles()
    {
        var done = new HashSet<SchemaNode>();
        foreach (var node in nodes.Values) Walk(node, [], done);
    }

    private static void Walk(SchemaNode node, HashSet<SchemaNode> under, HashSet<SchemaNode> done)
    {
        if (done.Contains(node)) return;
        if (!under.Add(node)) throw new JsonSchemaException(node.Location, "refers back to itself for the same value, so judging it would never end");
        foreach (var next in node.Always) Walk(next, under, done);
        under.Remove(node);
        done.Add(node);
    }
}
