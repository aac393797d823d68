using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>Results as one line of JSON each, with the wire's members in the wire's order.</summary>
internal static class ResultText
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A message's envelope.</summary>
    public static ReadOnlyMemory<byte> Of(BrokerMessage message)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, message.Id);
            writer.WriteString("topic"u8, message.Topic);
            writer.WriteNumber("ts"u8, message.Timestamp.ToUnixTimeMilliseconds());
            writer.WritePropertyName("payload"u8);
            writer.WriteRawValue(OnOneLine(message.Payload.Utf8).Span, skipInputValidation: true);
            if (message.Headers.Count > 0)
            {
                writer.WriteStartObject("headers"u8);
                foreach (var (name, value) in message.Headers)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return text.WrittenMemory;
    }

    /// <summary>An event of an answer: its name, whether it is the last, and its members as they came.</summary>
    public static ReadOnlyMemory<byte> Of(BrokerReply reply)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write("{\"event\":\""u8);
        // A name needs no escaping.
        text.Write(System.Text.Encoding.ASCII.GetBytes(reply.Event));
        text.Write(reply.IsFinal ? "\",\"final\":true"u8 : "\""u8);
        var members = OnOneLine(reply.Body.Utf8).Span.Trim(" \t"u8);
        if (members is [(byte)'{', .. var inner, (byte)'}'] && !inner.Trim(" \t"u8).IsEmpty)
        {
            text.Write(","u8);
            text.Write(inner.Trim(" \t"u8));
        }

        text.Write("}"u8);
        return text.WrittenMemory;
    }

    /// <summary>JSON text without line breaks, which stand only between its tokens; the rest byte for byte.</summary>
    private static ReadOnlyMemory<byte> OnOneLine(ReadOnlyMemory<byte> json)
    {
        if (!json.Span.ContainsAny((byte)'\n', (byte)'\r'))
        {
            return json;
        }

        var line = json.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }
}
