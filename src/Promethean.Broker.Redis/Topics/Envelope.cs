namespace Promethean.Broker.Redis;

/// <summary>Writes the wire's <c>message</c> envelope.</summary>
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
        JsonHeaders.WriteMember(writer, headers);
        return FrameScratch.Finish();
    }
}
