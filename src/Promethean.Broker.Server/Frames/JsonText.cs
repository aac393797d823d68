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

    /// <summary>Whether the name or string the reader stands at is text: half a surrogate pair is not.</summary>
    public static bool IsReadable(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Reads the whole number the reader stands at; 5.0 is one too, as JSON Schema has it.</summary>
    public static bool TryReadWhole(ref Utf8JsonReader reader, out int number)
    {
        var isWhole = TryReadWhole(ref reader, out long value) && value is >= int.MinValue and <= int.MaxValue;
        number = isWhole ? (int)value : 0;
        return isWhole;
    }

    /// <inheritdoc cref="TryReadWhole(ref Utf8JsonReader, out int)"/>
    public static bool TryReadWhole(ref Utf8JsonReader reader, out long number)
    {
        number = 0;
        if (reader.TokenType != JsonTokenType.Number)
        {
            return false;
        }

        if (reader.TryGetInt64(out number))
        {
            return true;
        }

        // Beyond 2^53 a double is not exact any more.
        if (!reader.TryGetDouble(out var value) || value != Math.Truncate(value) || Math.Abs(value) > 1L << 53)
        {
            return false;
        }

        number = (long)value;
        return true;
    }

    /// <summary>The string that a JSON text is.</summary>
    public static string Unquote(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        return reader.GetString()!;
    }
}
