using System.Globalization;
using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Writes the frames that a client sends.</summary>
internal static class ClientFrames
{
    public static byte[] Subscribe(long id, string pattern) => Topic(id, BrokerActions.Subscribe, pattern);

    public static byte[] Unsubscribe(long id, string pattern) => Topic(id, BrokerActions.Unsubscribe, pattern);

    public static byte[] Publish(long id, string topic, JsonPayload payload, IReadOnlyDictionary<string, string> headers)
    {
        var writer = Start(BrokerActions.Publish, id);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("topic"u8, topic);
        Raw(writer, "payload"u8, payload);
        JsonHeaders.WriteMember(writer, headers);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Request(long id, string action, JsonPayload payload, TimeSpan timeLeft, int priority, string? traceParent)
    {
        var writer = Start(action, id);
        Raw(writer, "payload"u8, payload);
        writer.WriteNumber("deadline_ms"u8, (long)Math.Clamp(Math.Ceiling(timeLeft.TotalMilliseconds), 0, int.MaxValue));
        if (priority != 0)
        {
            writer.WriteNumber("priority"u8, priority);
        }

        if (traceParent is not null)
        {
            writer.WriteString("traceparent"u8, traceParent);
        }

        return FrameScratch.Finish();
    }

    /// <summary>Asks for a session, or to go on with one.</summary>
    public static byte[] Resume(string id, string? session, long received)
    {
        var writer = FrameScratch.Start();
        writer.WriteString("id"u8, id);
        writer.WriteString("action"u8, BrokerActions.Resume);
        if (session is not null)
        {
            writer.WriteStartObject("payload"u8);
            writer.WriteString("session"u8, session);
            writer.WriteNumber("received"u8, received);
            writer.WriteEndObject();
        }

        return FrameScratch.Finish();
    }

    /// <summary>Reports how many events of the session have come.</summary>
    public static byte[] Received(long total)
    {
        var writer = Start(BrokerActions.Received, null);
        writer.WriteStartObject("payload"u8);
        writer.WriteNumber("seq"u8, total);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Cancel(long request)
    {
        var writer = Start(BrokerActions.Cancel, null);
        writer.WriteStartObject("payload"u8);
        WriteId(writer, request);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Ready(long id, string worker, IReadOnlyCollection<string> actions, int credit, IReadOnlyCollection<string> models)
    {
        var writer = Start(BrokerActions.Ready, id);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("worker"u8, worker);
        Strings(writer, "actions", actions);
        writer.WriteNumber("credit"u8, credit);
        if (models.Count > 0)
        {
            Strings(writer, "models", models);
        }

        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Respond(string taskId, string eventName, JsonPayload body, bool isFinal)
    {
        var writer = StartRespond(taskId, eventName);
        Raw(writer, "body"u8, body);
        return FinishRespond(writer, isFinal);
    }

    public static byte[] RespondError(string taskId, BrokerException error)
    {
        var writer = StartRespond(taskId, BrokerEvents.Error);
        writer.WriteStartObject("body"u8);
        writer.WriteString("code"u8, error.Code.ToWireName());
        writer.WriteString("message"u8, error.Message);
        if (error.RetryAfter is { } delay)
        {
            writer.WriteNumber("retry_after_ms"u8, (long)Math.Clamp(delay.TotalMilliseconds, 0, int.MaxValue));
        }

        writer.WriteEndObject();
        return FinishRespond(writer, isFinal: true);
    }

    public static byte[] Enqueue(long id, string queue, JsonPayload payload, EnqueueOptions options, IReadOnlyDictionary<string, string> headers)
    {
        var writer = StartQueue(BrokerActions.Enqueue, id, queue);
        Raw(writer, "payload"u8, payload);
        if (options.DedupeId is not null)
        {
            writer.WriteString("dedupe_id"u8, options.DedupeId);
        }

        Delay(writer, options.Delay);
        if (options.MaxAttempts is { } attempts)
        {
            writer.WriteNumber("max_attempts"u8, attempts);
        }

        JsonHeaders.WriteMember(writer, headers);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    /// <summary>Registers a consumer; without credit it ends the registration.</summary>
    public static byte[] Consume(long? id, string queue, string worker, int credit, TimeSpan lease)
    {
        var writer = StartQueue(BrokerActions.Ready, id, queue);
        writer.WriteString("worker"u8, worker);
        writer.WriteNumber("credit"u8, credit);
        writer.WriteNumber("lease_ms"u8, lease.TotalMilliseconds);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Acknowledge(long id, string queue, string taskId)
    {
        var writer = StartQueue(BrokerActions.Acknowledge, id, queue);
        writer.WriteString("taskId"u8, taskId);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    public static byte[] Reject(long? id, string queue, string taskId, NackOptions options)
    {
        var writer = StartQueue(BrokerActions.Reject, id, queue);
        writer.WriteString("taskId"u8, taskId);
        Delay(writer, options.Delay);
        if (options.DeadLetter)
        {
            writer.WriteBoolean("dead_letter"u8, true);
        }

        if (options.Reason is { Length: > 0 } reason)
        {
            writer.WriteString("reason"u8, reason.AsSpan(0, Math.Min(reason.Length, QueueLimits.MaxReasonLength)));
        }

        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    private static Utf8JsonWriter StartQueue(string action, long? id, string queue)
    {
        var writer = Start(action, id);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("queue"u8, queue);
        return writer;
    }

    private static void Delay(Utf8JsonWriter writer, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            writer.WriteNumber("delay_ms"u8, delay.TotalMilliseconds);
        }
    }

    private static Utf8JsonWriter Start(string action, long? id)
    {
        var writer = FrameScratch.Start();
        if (id is { } number)
        {
            WriteId(writer, number);
        }

        writer.WriteString("action"u8, action);
        return writer;
    }

    private static void WriteId(Utf8JsonWriter writer, long id)
    {
        Span<byte> digits = stackalloc byte[20];
        id.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        writer.WriteString("id"u8, digits[..length]);
    }

    private static void Raw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonPayload value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }

    private static void Strings(Utf8JsonWriter writer, string name, IReadOnlyCollection<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static byte[] Topic(long id, string action, string pattern)
    {
        var writer = Start(action, id);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("topic"u8, pattern);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }

    private static Utf8JsonWriter StartRespond(string taskId, string eventName)
    {
        var writer = Start(BrokerActions.Respond, null);
        writer.WriteStartObject("payload"u8);
        writer.WriteString("taskId"u8, taskId);
        writer.WriteString("event"u8, eventName);
        return writer;
    }

    private static byte[] FinishRespond(Utf8JsonWriter writer, bool isFinal)
    {
        writer.WriteBoolean("final"u8, isFinal);
        writer.WriteEndObject();
        return FrameScratch.Finish();
    }
}
