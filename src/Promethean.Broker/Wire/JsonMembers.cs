using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Walks the members of an object; the caller reads each value whole.</summary>
internal static class JsonMembers
{
    /// <summary>A reader standing at the start of the object that a text is.</summary>
    public static Utf8JsonReader Enter(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = FrameLimits.MaxReadDepth });
        if (text.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidOperationException("A JSON object belongs here.");
        }

        return reader;
    }

    /// <summary>Steps to the next member's name, or over the object's end.</summary>
    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Steps over the value of the member whose name was read.</summary>
    public static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
