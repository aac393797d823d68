using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Promethean.Vectors;

/// <summary>
/// Metadata as JSON. The grammar: an object whose values are strings, numbers, true, false, or non-empty arrays of one of
/// these. A number with neither fraction nor exponent is an integer, any other a floating-point number.
/// </summary>
internal static class MetadataJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(VectorMetadata metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in metadata)
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static VectorMetadata Read(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8Json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("Metadata must be a JSON object.");
            var pairs = new List<KeyValuePair<string, VectorValue>>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                pairs.Add(new(name, reader.TokenType == JsonTokenType.StartArray ? ReadArray(ref reader, name) : ReadSingle(ref reader, name)));
            }

            if (reader.Read()) throw new FormatException("Something follows the metadata object.");
            return new VectorMetadata(pairs);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"The metadata cannot be read: {e.Message}", e);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, VectorValue value)
    {
        switch (value.Kind)
        {
            case VectorValueKind.Text: writer.WriteStringValue(value.AsText()); break;
            case VectorValueKind.WholeNumber: writer.WriteNumberValue(value.AsWholeNumber()); break;
            case VectorValueKind.Number: WriteNumber(writer, value.AsNumber()); break;
            case VectorValueKind.Boolean: writer.WriteBooleanValue(value.AsBoolean()); break;
            default:
                writer.WriteStartArray();
                switch (value.Kind)
                {
                    case VectorValueKind.TextArray: foreach (var item in value.AsTexts()) writer.WriteStringValue(item); break;
                    case VectorValueKind.WholeNumberArray: foreach (var item in value.AsWholeNumbers()) writer.WriteNumberValue(item); break;
                    case VectorValueKind.NumberArray: foreach (var item in value.AsNumbers()) WriteNumber(writer, item); break;
                    default: foreach (var item in value.AsBooleans()) writer.WriteBooleanValue(item); break;
                }

                writer.WriteEndArray();
                break;
        }
    }

    // Shortest digits that read back as the same number, and always a mark that it is not a whole one.
    private static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        writer.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    private static VectorValue ReadSingle(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 && reader.TryGetInt64(out var whole)
            ? VectorValue.From(whole)
            : VectorValue.From(reader.GetDouble()),
        _ => throw new FormatException($"The metadata value '{name}' is {reader.TokenType}; only texts, numbers, truth values and arrays of these can be kept."),
    };

    private static VectorValue ReadArray(ref Utf8JsonReader reader, string name)
    {
        var items = new List<VectorValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadSingle(ref reader, name));
        if (items.Count == 0) return Array.Empty<string>();
        var kind = items[0].Kind;
        if (items.Exists(item => item.Kind != kind)) throw new FormatException($"The metadata array '{name}' mixes kinds of values.");
        return kind switch
        {
            VectorValueKind.Text => VectorValue.From(items.Select(item => item.AsText())),
            VectorValueKind.WholeNumber => VectorValue.From(items.Select(item => item.AsWholeNumber())),
            VectorValueKind.Number => VectorValue.From(items.Select(item => item.AsNumber())),
            _ => VectorValue.From(items.Select(item => item.AsBoolean())),
        };
    }
}
