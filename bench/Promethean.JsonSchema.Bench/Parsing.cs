using System.Text.Json;

namespace Promethean.JsonSchema.Bench;

/// <summary>What a text costs before anything is asked of it.</summary>
internal static class Parsing
{
    public static bool Read(byte[] text)
    {
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
        }

        return true;
    }

    public static bool Parse(byte[] text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object;
    }
}
