using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>One kind of frame, as its schema defines it.</summary>
/// <param name="Name">The definition's name, for pointers.</param>
/// <param name="Schema">The definition.</param>
internal sealed record WireFrame(string Name, JsonElement Schema)
{
    /// <summary>What people call it: its title, else the action or event it is.</summary>
    public string Heading => Schema.TryGetProperty("title", out var title) ? title.GetString()! : $"`{Words.Single()}`";

    public string Description => Schema.GetProperty("description").GetString()!;

    /// <summary>The actions or events it may be; empty where it is any other.</summary>
    public IReadOnlyList<string> Words
    {
        get
        {
            var word = Schema.GetProperty("properties").TryGetProperty("action", out var action) ? action : Schema.GetProperty("properties").GetProperty("event");
            return word.TryGetProperty("const", out var one) ? [one.GetString()!]
                : word.TryGetProperty("enum", out var several) ? [.. several.EnumerateArray().Select(each => each.GetString()!)]
                : [];
        }
    }

    public IReadOnlyList<JsonElement> Examples => [.. Schema.GetProperty("examples").EnumerateArray()];

    /// <summary>Whether it may bear an id, so that it is answered, or answers.</summary>
    public bool HasId => Schema.GetProperty("properties").TryGetProperty("id", out _);

    /// <summary>The id of an example; null where it has none.</summary>
    public static string? IdOf(JsonElement example) => example.TryGetProperty("id", out var id) ? id.GetString() : null;

    public static bool IsFinal(JsonElement example) => example.TryGetProperty("final", out _);
}
