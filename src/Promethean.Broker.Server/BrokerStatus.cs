using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>What the broker says of itself.</summary>
internal sealed class BrokerStatus(
    ConnectionRegistry connections, ITopics topics, IWork work, IQueues queues, BrokerServerMetrics metrics, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Writes the members of OpenAI's list of models.</summary>
    public void WriteModels(Utf8JsonWriter writer)
    {
        writer.WriteString("object"u8, "list");
        writer.WriteStartArray("data"u8);
        foreach (var model in work.Models())
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, model);
            writer.WriteString("object"u8, "model");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public void WriteHealth(Utf8JsonWriter writer)
    {
        writer.WriteString("status"u8, "ok");
        writer.WriteNumber("uptime_ms"u8, (long)time.GetElapsedTime(_started).TotalMilliseconds);
    }

    public void WriteMetrics(Utf8JsonWriter writer)
    {
        var (workers, queued, open) = work.Count();
        var (consumers, filled, tasks) = queues.Count();
        writer.WriteNumber("connections"u8, connections.Count);
        writer.WriteNumber("subscriptions"u8, topics.Subscriptions);
        writer.WriteNumber("workers"u8, workers);
        writer.WriteNumber("queued"u8, queued);
        writer.WriteNumber("in_flight"u8, open);
        writer.WriteNumber("consumers"u8, consumers);
        writer.WriteNumber("queues"u8, filled);
        writer.WriteNumber("tasks"u8, tasks);
        writer.WriteNumber("frames"u8, metrics.TotalFrames);
        writer.WriteNumber("requests"u8, metrics.TotalRequests);
        writer.WriteNumber("dropped"u8, metrics.TotalDropped);
        writer.WriteNumber("errors"u8, metrics.TotalErrors);
    }
}
