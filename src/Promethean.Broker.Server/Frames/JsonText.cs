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
}
