namespace Promethean.Broker.Redis;

/// <summary>Writes what travels as JSON: the wire's <c>message</c> envelope, and headers.</summary>
internal static class Envelope
{
    public static byte[] Message(string id, string topic, DateTimeOffset timestamp, JsonPayload payload, IReadOnlyDictionary<string, string> headers)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("id"u8, id);
        writer.WriteString("topic"u8, topic);
        writer.WriteNumber("ts"u8, timestamp.ToUnixTimeMilliseconds());
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
        if (headers.Count > 0)
        {
            writer.WriteStartObject("headers"u8);
            foreach (var (name, value) in headers)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return FrameScratch.Finish();
    }

    public static byte[] Headers(IReadOnlyDictionary<string, string> headers)
    {
        var writer = FrameScratch.Start();
        foreach (var (name, value) in headers)
        {
            writer.WriteString(name, value);
        }

        return FrameScratch.Finish();
    }
}
