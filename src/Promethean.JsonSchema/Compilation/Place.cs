using System.Text.Json;

namespace Promethean.JsonSchema.Compilation;

/// <summary>A place in a schema resource, and what stands there.</summary>
internal readonly record struct Place(SchemaResource Resource, string Pointer, JsonElement Element)
{
    public string Location => Resource.Locate(Pointer);
}
