using System.Globalization;
using System.Text.Json;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Compilation;

/// <summary>JSON pointers (RFC 6901) through a schema.</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string segment) => $"{pointer}/{InstanceLocation.Escape(segment)}";

    /// <summary>Follows a pointer, into the resources it leads through; null where it leads to nothing.</summary>
    public static Place? Follow(SchemaResource resource, string pointer)
    {
        var place = new Place(resource, "", resource.Root);
        if (pointer.Length == 0) return place;
        if (pointer[0] != '/') return null;
        foreach (var escaped in pointer[1..].Split('/'))
        {
            var segment = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (Step(place.Element, segment) is not { } element) return null;
            place = new(place.Resource, Append(place.Pointer, segment), element);
            if (place.Resource.Embedded.TryGetValue(place.Pointer, out var embedded)) place = new(embedded, "", element);
        }

        return place;
    }

    private static JsonElement? Step(JsonElement element, string segment)
    {
        if (element.ValueKind == JsonValueKind.Object) return element.TryGetProperty(segment, out var member) ? member : null;
        return element.ValueKind == JsonValueKind.Array
            && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < element.GetArrayLength()
            ? element[index]
            : null;
    }
}
