using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Where one JSON value lies in its text, so that it can be passed on without being read.</summary>
internal readonly record struct JsonSlice(int Start, int Length, JsonTokenType Type)
{
    /// <summary>Whether there is a value at all.</summary>
    public bool Exists => Length > 0;

    /// <summary>Steps from a member's name over its value.</summary>
    public static JsonSlice Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var type = reader.TokenType;
        reader.Skip();
        return new(start, (int)reader.BytesConsumed - start, type);
    }

    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> text) => text.Slice(Start, Length);
}
