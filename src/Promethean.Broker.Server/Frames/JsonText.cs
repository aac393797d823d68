using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Reads foreign strings, which may be too long or hold half a surrogate pair.</summary>
internal static class JsonText
{
    /// <summary>Reads the string the reader stands at, where it is one of 1 to <paramref name="maxLength"/> characters.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, int maxLength, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return text is { Length: > 0 } && text.Length <= maxLength;
    }

    /// <summary>Whether the reader stands at a string of 1 to <paramref name="maxLength"/> characters; makes none where it can be told without.</summary>
    public static bool IsText(ref Utf8JsonReader reader, int maxLength) =>
        reader.TokenType == JsonTokenType.String
        // A character takes at least one byte, and whole messages are UTF-8.
        && ((!reader.ValueIsEscaped && reader.ValueSpan.Length > 0 && reader.ValueSpan.Length <= maxLength) || TryRead(ref reader, maxLength, out _));

    /// <summary>The string that a JSON text is.</summary>
    public static string Unquote(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        return reader.GetString()!;
    }
}
