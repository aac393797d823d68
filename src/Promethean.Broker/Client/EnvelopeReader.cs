using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Reads what the broker's own events carry; the payloads are copied out of the receive buffer.</summary>
internal static class EnvelopeReader
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    public static BrokerMessage ReadMessage(ReadOnlyMemory<byte> text)
    {
        string? id = null, topic = null;
        var ts = 0L;
        JsonPayload payload = default;
        var headers = NoHeaders;
        var reader = JsonMembers.Enter(text.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("topic"u8))
            {
                reader.Read();
                topic = reader.GetString();
            }
            else if (reader.ValueTextEquals("ts"u8))
            {
                reader.Read();
                ts = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                payload = Copy(ref reader, text);
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                headers = ReadHeaders(ref reader);
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return new(
            id ?? throw new InvalidOperationException("A message bears no id."),
            topic ?? throw new InvalidOperationException("A message bears no topic."),
            DateTimeOffset.FromUnixTimeMilliseconds(ts),
            payload,
            headers);
    }

    public static TaskAssignment ReadTask(ReadOnlyMemory<byte> text)
    {
        string? id = null, action = null, worker = null, traceParent = null;
        double? deadline = null;
        JsonPayload payload = default;
        var reader = JsonMembers.Enter(text.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("action"u8))
            {
                reader.Read();
                action = reader.GetString();
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                payload = Copy(ref reader, text);
            }
            else if (reader.ValueTextEquals("deadline_ms"u8))
            {
                reader.Read();
                deadline = reader.GetDouble();
            }
            else if (reader.ValueTextEquals("worker"u8))
            {
                reader.Read();
                worker = reader.GetString();
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                reader.Read();
                traceParent = reader.GetString();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return new(
            id ?? throw new InvalidOperationException("A task bears no id."),
            action ?? throw new InvalidOperationException("A task bears no action."),
            payload,
            deadline is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)) : null,
            worker,
            traceParent);
    }

    public static string? ReadTaskId(ReadOnlyMemory<byte> text)
    {
        var reader = JsonMembers.Enter(text.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                return reader.GetString();
            }

            JsonMembers.SkipValue(ref reader);
        }

        return null;
    }

    private static JsonPayload Copy(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text) =>
        JsonPayload.FromTrustedUtf8(JsonSlice.Read(ref reader).Of(text).ToArray());

    private static Dictionary<string, string> ReadHeaders(ref Utf8JsonReader reader)
    {
        reader.Read();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (JsonMembers.Next(ref reader))
        {
            var name = reader.GetString()!;
            reader.Read();
            headers[name] = reader.GetString() ?? "";
        }

        return headers;
    }
}
