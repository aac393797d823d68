using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Writes the events that a broker sends; ids are echoed as the JSON text they came as.</summary>
internal static class ServerFrames
{
    public static byte[] Ok(ReadOnlyMemory<byte> rawId) => FinishFinal(rawId, BrokerEvents.Ok);

    public static byte[] Ok(ReadOnlyMemory<byte> rawId, Action<Utf8JsonWriter> writePayload)
    {
        var writer = StartFinal(rawId, BrokerEvents.Ok);
        writer.WriteStartObject("payload"u8);
        writePayload(writer);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    /// <summary>What became of an enqueued task.</summary>
    public static byte[] Enqueued(ReadOnlyMemory<byte> rawId, EnqueueResult result)
    {
        var writer = StartFinal(rawId, BrokerEvents.Ok);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("taskId"u8, result.TaskId);
        writer.WriteBoolean("duplicate"u8, result.IsDuplicate);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    /// <summary>The answer to <c>resume</c>.</summary>
    /// <param name="rawId">The id of the frame.</param>
    /// <param name="session">The session's name, which is a secret of its client.</param>
    /// <param name="received">How many frames of it have come; null where it begins.</param>
    /// <param name="window">How long it outlives its socket.</param>
    public static byte[] SessionBegun(ReadOnlyMemory<byte> rawId, string session, long? received, TimeSpan window) => Ok(rawId, writer =>
    {
        writer.WriteString("session"u8, session);
        writer.WriteBoolean("resumed"u8, received is not null);
        writer.WriteNumber("received"u8, received ?? 0);
        writer.WriteNumber("window_ms"u8, (long)window.TotalMilliseconds);
    });

    /// <summary>How many frames of a session have come.</summary>
    public static byte[] Received(long total)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.Received);
        writer.WriteNumber("seq"u8, total);
        return FrameScratch.Finish();
    }

    /// <summary>Asks the client to hold its frames back, or to go on.</summary>
    public static byte[] Backpressure(bool pauses)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.Backpressure);
        writer.WriteString("state"u8, pauses ? "pause"u8 : "resume"u8);
        return FrameScratch.Finish();
    }

    /// <summary>So many topic messages were dropped here; null where nobody knows.</summary>
    public static byte[] Gap(long? missed)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.Gap);
        if (missed is { } count)
        {
            writer.WriteNumber("missed"u8, count);
        }

        return FrameScratch.Finish();
    }

    public static byte[] Cancelled(ReadOnlyMemory<byte> rawId) => FinishFinal(rawId, BrokerEvents.Cancelled);

    /// <summary>An error; with an empty id it answers a frame that could not be read.</summary>
    public static byte[] Error(ReadOnlyMemory<byte> rawId, Refusal refusal)
    {
        Utf8JsonWriter writer;
        if (rawId.IsEmpty)
        {
            writer = FrameScratch.Start();
            writer.WriteNull("id"u8);
            writer.WriteString("event"u8, BrokerEvents.Error);
        }
        else
        {
            writer = StartFinal(rawId, BrokerEvents.Error);
        }

        writer.WriteString("code"u8, refusal.Code.ToWireName());
        writer.WriteString("message"u8, refusal.Message);
        if (refusal.RetryAfter is { } delay)
        {
            writer.WriteNumber("retry_after_ms"u8, (long)Math.Ceiling(delay.TotalMilliseconds));
        }

        return FrameScratch.Finish();
    }

    /// <summary>A topic's message, put together as it is: every part is JSON text already.</summary>
    /// <param name="id">Letters, digits and hyphens.</param>
    /// <param name="topic">A valid topic, which needs no escaping.</param>
    /// <param name="milliseconds">Since the Unix epoch.</param>
    /// <param name="payload">Any JSON value.</param>
    /// <param name="headers">A JSON object; empty for none.</param>
    public static byte[] Message(ReadOnlySpan<char> id, string topic, long milliseconds, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> headers)
    {
        var beforeId = "{\"event\":\"message\",\"message\":{\"id\":\""u8;
        var afterId = "\",\"topic\":\""u8;
        var afterTopic = "\",\"ts\":"u8;
        var afterTime = ",\"payload\":"u8;
        var beforeHeaders = headers.IsEmpty ? default : ",\"headers\":"u8;
        var end = "}}"u8;
        Span<byte> time = stackalloc byte[20];
        milliseconds.TryFormat(time, out var digits, provider: CultureInfo.InvariantCulture);
        var frame = new byte[beforeId.Length + id.Length + afterId.Length + topic.Length + afterTopic.Length + digits + afterTime.Length
            + payload.Length + beforeHeaders.Length + headers.Length + end.Length];
        var rest = frame.AsSpan();
        Put(ref rest, beforeId);
        Put(ref rest, id);
        Put(ref rest, afterId);
        Put(ref rest, topic);
        Put(ref rest, afterTopic);
        Put(ref rest, time[..digits]);
        Put(ref rest, afterTime);
        Put(ref rest, payload);
        Put(ref rest, beforeHeaders);
        Put(ref rest, headers);
        Put(ref rest, end);
        return frame;
    }

    public static byte[] TaskAssigned(WorkTask task, TimeSpan? timeLeft, string? worker) =>
        TaskAssigned(task.Id, task.Action, task.Payload, task.TraceParent, timeLeft, worker);

    public static byte[] TaskAssigned(
        string id, string action, ReadOnlyMemory<byte> payload, string? traceParent, TimeSpan? timeLeft, string? worker)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.TaskAssigned);
        writer.WriteStartObject("task"u8);
        writer.WriteString("id"u8, id);
        writer.WriteString("action"u8, action);
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload.Span, skipInputValidation: true);
        writer.WriteNumber("attempts"u8, 1);
        if (timeLeft is { } left)
        {
            writer.WriteNumber("deadline_ms"u8, (long)Math.Ceiling(left.TotalMilliseconds));
        }

        if (worker is not null)
        {
            writer.WriteString("worker"u8, worker);
        }

        if (traceParent is not null)
        {
            writer.WriteString("traceparent"u8, traceParent);
        }

        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] QueueTaskAssigned(BookedTask task, string? consumer) =>
        QueueTaskAssigned(task.Id, task.Queue, task.Payload, task.Attempts, task.EnqueuedAt, task.Headers, consumer);

    public static byte[] QueueTaskAssigned(QueueTask task, string? consumer) =>
        QueueTaskAssigned(task.Id, task.Queue, task.Payload, task.Attempts, task.EnqueuedAt, task.Headers, consumer);

    public static byte[] TaskCancelled(string taskId)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.TaskCancelled);
        writer.WriteStartObject("task"u8);
        writer.WriteString("id"u8, taskId);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    /// <summary>A worker's event for its caller: the envelope, then the members of the body's text as they came.</summary>
    /// <param name="rawId">The caller's id.</param>
    /// <param name="eventName">A valid name, which needs no escaping.</param>
    /// <param name="isFinal">Whether the answer ends with it.</param>
    /// <param name="body">A JSON object without the envelope's members; empty for none.</param>
    public static byte[] Answer(ReadOnlySpan<byte> rawId, string eventName, bool isFinal, ReadOnlySpan<byte> body)
    {
        var members = body.IsEmpty ? body : body[1..^1].Trim(" \t\r\n"u8);
        var beforeName = "{\"id\":"u8;
        var afterId = ",\"event\":\""u8;
        var afterName = isFinal ? "\",\"final\":true"u8 : "\""u8;
        var frame = new byte[beforeName.Length + rawId.Length + afterId.Length + eventName.Length + afterName.Length
            + (members.IsEmpty ? 0 : members.Length + 1) + 1];
        var rest = frame.AsSpan();
        Put(ref rest, beforeName);
        Put(ref rest, rawId);
        Put(ref rest, afterId);
        Put(ref rest, eventName);
        Put(ref rest, afterName);
        if (!members.IsEmpty)
        {
            Put(ref rest, ","u8);
            Put(ref rest, members);
        }

        Put(ref rest, "}"u8);
        return frame;
    }

    private static byte[] QueueTaskAssigned(
        string id,
        string queue,
        JsonPayload payload,
        int attempts,
        DateTimeOffset enqueuedAt,
        IReadOnlyDictionary<string, string> headers,
        string? consumer)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("event"u8, BrokerEvents.TaskAssigned);
        writer.WriteStartObject("task"u8);
        writer.WriteString("id"u8, id);
        writer.WriteString("queue"u8, queue);
        writer.WritePropertyName("payload"u8);
        writer.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
        writer.WriteNumber("attempts"u8, attempts);
        writer.WriteNumber("ts"u8, enqueuedAt.ToUnixTimeMilliseconds());
        JsonHeaders.WriteMember(writer, headers);
        if (consumer is not null)
        {
            writer.WriteString("worker"u8, consumer);
        }

        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    private static void Put(ref Span<byte> rest, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static void Put(ref Span<byte> rest, scoped ReadOnlySpan<char> ascii) => rest = rest[Encoding.ASCII.GetBytes(ascii, rest)..];

    private static Utf8JsonWriter StartFinal(ReadOnlyMemory<byte> rawId, string eventName)
    {
        var writer = FrameScratch.Start();
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(rawId.Span, skipInputValidation: true);
        writer.WriteString("event"u8, eventName);
        writer.WriteBoolean("final"u8, true);
        return writer;
    }

    private static byte[] FinishFinal(ReadOnlyMemory<byte> rawId, string eventName)
    {
        StartFinal(rawId, eventName);
        return FrameScratch.Finish();
    }
}
