using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Evaluating;

/// <summary>Where an evaluation stands, shared by the lists of all its alternatives.</summary>
internal sealed class Trail
{
    private readonly Dictionary<int, string> locations = [];

    /// <summary>The way taken through the schema.</summary>
    public List<string> Path { get; } = [];

    /// <summary>The pointer of a slot. Many alternatives fail at the same few, and in a large text each is far to find.</summary>
    public string Location(Instance instance, int at)
    {
        if (!locations.TryGetValue(at, out var location)) locations.Add(at, location = InstanceLocation.Of(instance, at));
        return location;
    }
}
