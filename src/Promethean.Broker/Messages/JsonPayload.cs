using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Promethean.Broker;

/// <summary>One JSON value as UTF-8 text: what travels, before anyone has given it a type.</summary>
/// <remarks>Immutable as long as the memory given to it is not changed; safe from any thread. The default value is <c>null</c>.</remarks>
public readonly struct JsonPayload : IEquatable<JsonPayload>
{
    private static readonly byte[] NullText = "null"u8.ToArray();
    private readonly ReadOnlyMemory<byte> _utf8;

    private JsonPayload(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>The JSON text in UTF-8; never empty.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8.IsEmpty ? NullText : _utf8;

    /// <summary>Serialises a value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value; null gives JSON null.</param>
    /// <param name="type">Its source-generated contract.</param>
    public static JsonPayload From<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Takes text that is known to be one well-formed JSON value, without looking at it.</summary>
    /// <param name="utf8">The text; it must not change afterwards.</param>
    public static JsonPayload FromTrustedUtf8(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>Takes text after checking that it is one well-formed JSON value.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/>, with the place of the error.</exception>
    public static JsonPayload Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var utf8 = Encoding.UTF8.GetBytes(json);
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            reader.Skip();
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"The payload is not JSON: {e.Message}", innerException: e);
        }

        return new(utf8);
    }

    /// <summary>Reads the value as a type.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="type">Its source-generated contract.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/>, naming the type and the place.</exception>
    public T? Read<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            return JsonSerializer.Deserialize(Utf8.Span, type);
        }
        catch (JsonException e)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"The payload is not a {typeof(T).Name}: {e.Message}", innerException: e);
        }
    }

    /// <summary>The object without some of its members, the rest as it was, byte for byte; itself where it has none of them.</summary>
    /// <param name="members">The names to leave out, at the top level only.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> when the value is not an object.</exception>
    public JsonPayload Without(params ReadOnlySpan<string> members)
    {
        var reader = new Utf8JsonReader(Utf8.Span, new JsonReaderOptions { MaxDepth = FrameLimits.MaxReadDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, "The payload is not a JSON object.");
        }

        List<Range>? kept = null;
        var keptFrom = -1;
        var lastEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var leftOut = Names(ref reader, members);
            reader.Read();
            reader.Skip();
            if (leftOut)
            {
                kept ??= [];
                Keep(kept, ref keptFrom, lastEnd);
            }
            else
            {
                keptFrom = keptFrom < 0 ? start : keptFrom;
            }

            lastEnd = (int)reader.BytesConsumed;
        }

        if (kept is null)
        {
            return this;
        }

        Keep(kept, ref keptFrom, lastEnd);
        return Join(kept);
    }

    /// <summary>Equal when the text is the same, byte for byte.</summary>
    /// <param name="other">The other payload.</param>
    public bool Equals(JsonPayload other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is JsonPayload other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>The JSON text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>Same text.</summary>
    public static bool operator ==(JsonPayload left, JsonPayload right) => left.Equals(right);

    /// <summary>Different text.</summary>
    public static bool operator !=(JsonPayload left, JsonPayload right) => !left.Equals(right);

    private static bool Names(ref Utf8JsonReader reader, scoped ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (reader.ValueTextEquals(member))
            {
                return true;
            }
        }

        return false;
    }

    private static void Keep(List<Range> kept, ref int from, int to)
    {
        if (from >= 0)
        {
            kept.Add(from..to);
        }

        from = -1;
    }

    private JsonPayload Join(List<Range> pieces)
    {
        var text = new ArrayBufferWriter<byte>(Utf8.Length);
        text.Write("{"u8);
        foreach (var piece in pieces)
        {
            if (text.WrittenCount > 1)
            {
                text.Write(","u8);
            }

            text.Write(Utf8.Span[piece]);
        }

        text.Write("}"u8);
        return new(text.WrittenMemory);
    }
}
