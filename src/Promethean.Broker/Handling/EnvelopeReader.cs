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

    /// <summary>A task for a worker, which has an action, or for a consumer, which has a queue.</summary>
    public static (TaskAssignment? Work, QueueAssignment? Queued) ReadTask(ReadOnlyMemory<byte> text)
    {
        string? id = null, action = null, queue = null, worker = null, traceParent = null;
        double? deadline = null;
        var (ts, attempts) = (0L, 1);
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
            else if (reader.ValueTextEquals("action"u8))
            {
                reader.Read();
                action = reader.GetString();
            }
            else if (reader.ValueTextEquals("queue"u8))
            {
                reader.Read();
                queue = reader.GetString();
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                payload = Copy(ref reader, text);
            }
            else if (reader.ValueTextEquals("attempts"u8))
            {
                reader.Read();
                attempts = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("ts"u8))
            {
                reader.Read();
                ts = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                headers = ReadHeaders(ref reader);
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

        _ = id ?? throw new InvalidOperationException("A task bears no id.");
        if (queue is not null)
        {
            return (null, new(new(id, queue, payload, attempts, DateTimeOffset.FromUnixTimeMilliseconds(ts), headers), worker));
        }

        var work = new TaskAssignment(
            id,
            action ?? throw new InvalidOperationException("A task bears neither an action nor a queue."),
            payload,
            deadline is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)) : null,
            worker,
            traceParent);
        return (work, null);
    }

    /// <summary>What the broker says of a task that it took.</summary>
    /// <exception cref="BrokerException">It does not say what it should.</exception>
    public static EnqueueResult ReadEnqueued(JsonPayload answer)
    {
        string? taskId = null;
        var isDuplicate = false;
        if (answer.Utf8.Span is [(byte)'{', ..])
        {
            var reader = JsonMembers.Enter(answer.Utf8.Span);
            while (JsonMembers.Next(ref reader))
            {
                var isTaskId = reader.ValueTextEquals("taskId"u8);
                var isAnswer = reader.ValueTextEquals("duplicate"u8);
                reader.Read();
                taskId = isTaskId && reader.TokenType == JsonTokenType.String ? reader.GetString() : taskId;
                isDuplicate |= isAnswer && reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
        }

        return new(
            taskId ?? throw new BrokerException(BrokerErrorCode.Internal, "The broker took the task and did not say its id; is it a broker with queues?"),
            isDuplicate);
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

    /// <summary>Reads an object of names and values, from where the reader stands before it.</summary>
    public static Dictionary<string, string> ReadHeaders(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonHeaders.Read(ref reader, StringComparer.OrdinalIgnoreCase);
    }

    private static JsonPayload Copy(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text) =>
        JsonPayload.FromTrustedUtf8(JsonSlice.Read(ref reader).Of(text).ToArray());
}
