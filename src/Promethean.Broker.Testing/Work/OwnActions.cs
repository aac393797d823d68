using System.Buffers;
using System.Text.Json;

namespace Promethean.Broker.Testing;

/// <summary>The requests that a broker answers itself, in the real one's shapes.</summary>
internal static class OwnActions
{
    /// <summary>The answer; the broker's other actions are calls of the client and no requests.</summary>
    public static BrokerReply Answer(string action, InMemoryBroker broker) => action switch
    {
        BrokerActions.ModelsList => Ok(writer => WriteModels(writer, broker.Work.Models())),
        BrokerActions.SystemHealth => Ok(writer =>
        {
            writer.WriteString("status"u8, "ok");
            writer.WriteNumber("uptime_ms"u8, (long)broker.Uptime.TotalMilliseconds);
        }),
        BrokerActions.SystemMetrics => Ok(writer => WriteMetrics(writer, broker)),
        _ => throw new BrokerException(BrokerErrorCode.InvalidRequest, $"'{action}' is the broker's own and no request to a worker; the client has a method for it."),
    };

    private static void WriteModels(Utf8JsonWriter writer, IEnumerable<string> models)
    {
        writer.WriteString("object"u8, "list");
        writer.WriteStartArray("data"u8);
        foreach (var model in models)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, model);
            writer.WriteString("object"u8, "model");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, InMemoryBroker broker)
    {
        var counters = broker.Counters;
        writer.WriteNumber("requests"u8, counters.Requests);
        writer.WriteNumber("dropped"u8, counters.Dropped);
        writer.WriteNumber("errors"u8, counters.Failed);
    }

    private static BrokerReply Ok(Action<Utf8JsonWriter> members)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("payload"u8);
            members(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new(BrokerEvents.Ok, JsonPayload.FromTrustedUtf8(text.WrittenMemory), true);
    }
}
