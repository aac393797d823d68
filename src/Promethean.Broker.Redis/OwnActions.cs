using System.Text.Json;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>The requests that the broker answers itself, in the shapes of the one that has a server.</summary>
internal sealed class OwnActions(RedisLink link, WorkDesk work, TopicFeeds topics, QueueDesk queues, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public async ValueTask<BrokerReply> AnswerAsync(IDatabase database, string action, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case BrokerActions.ModelsList:
                var models = await work.ModelsAsync(database, cancellationToken).ConfigureAwait(false);
                return Ok(writer => WriteModels(writer, models));
            case BrokerActions.SystemHealth:
                await link.AskAsync(() => database.PingAsync(), "a sign of life", cancellationToken).ConfigureAwait(false);
                return Ok(writer =>
                {
                    writer.WriteString("status"u8, "ok");
                    writer.WriteNumber("uptime_ms"u8, (long)time.GetElapsedTime(_started).TotalMilliseconds);
                });
            case BrokerActions.SystemMetrics:
                var (workers, queued, running) = await work.CountAsync(database, cancellationToken).ConfigureAwait(false);
                return Ok(writer =>
                {
                    writer.WriteNumber("subscriptions"u8, topics.All.Count);
                    writer.WriteNumber("workers"u8, workers);
                    writer.WriteNumber("queued"u8, queued);
                    writer.WriteNumber("in_flight"u8, running);
                    writer.WriteNumber("consumers"u8, queues.Consumers.Count());
                });
            case BrokerActions.Heartbeat:
                await link.AskAsync(() => database.PingAsync(), "a sign of life", cancellationToken).ConfigureAwait(false);
                return new(BrokerEvents.Ok, JsonPayload.FromTrustedUtf8("{}"u8.ToArray()), true);
            default:
                throw new BrokerException(
                    BrokerErrorCode.InvalidRequest, $"'{action}' is the broker's own and no request to a worker; the client has a method for it.");
        }
    }

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

    private static BrokerReply Ok(Action<Utf8JsonWriter> members)
    {
        var writer = FrameScratch.Start();
        writer.WriteStartObject("payload"u8);
        members(writer);
        writer.WriteEndObject();
        return new(BrokerEvents.Ok, JsonPayload.FromTrustedUtf8(FrameScratch.Finish()), true);
    }
}
