using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Reads the payloads of the queues' actions; each gives null where the payload is not what the schema says.</summary>
internal static class QueuePayloadReader
{
    private static readonly TimeSpan DefaultLease = new ConsumeOptions().Lease;

    public static EnqueuePayload? ReadEnqueue(ReadOnlyMemory<byte> payload)
    {
        string? queue = null, dedupeId = null;
        JsonSlice value = default;
        var delay = TimeSpan.Zero;
        int? attempts = null;
        var headers = new Dictionary<string, string>();
        var isGood = PayloadReader.IsObject(payload);
        var reader = Enter(payload, isGood);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("queue"u8))
            {
                isGood &= TryReadName(ref reader, out queue);
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                value = JsonSlice.Read(ref reader);
            }
            else if (reader.ValueTextEquals("dedupe_id"u8))
            {
                isGood &= TryReadText(ref reader, QueueLimits.MaxDedupeIdLength, out dedupeId);
            }
            else if (reader.ValueTextEquals("delay_ms"u8))
            {
                isGood &= TryReadDuration(ref reader, out delay);
            }
            else if (reader.ValueTextEquals("max_attempts"u8))
            {
                isGood &= TryReadCount(ref reader, out attempts) && attempts >= 1;
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                isGood &= TryReadHeaders(ref reader, headers);
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return isGood && queue is not null && value.Exists
            ? new(
                queue,
                JsonPayload.FromTrustedUtf8(value.Of(payload).ToArray()),
                new() { DedupeId = dedupeId, Delay = delay, MaxAttempts = attempts, Headers = headers })
            : null;
    }

    public static ConsumePayload? ReadConsume(ReadOnlyMemory<byte> payload)
    {
        string? queue = null, consumer = null;
        int? credit = null;
        var lease = DefaultLease;
        var isGood = PayloadReader.IsObject(payload);
        var reader = Enter(payload, isGood);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("queue"u8))
            {
                isGood &= TryReadName(ref reader, out queue);
            }
            else if (reader.ValueTextEquals("worker"u8))
            {
                isGood &= TryReadText(ref reader, FrameLimits.MaxNameLength, out consumer);
            }
            else if (reader.ValueTextEquals("credit"u8))
            {
                isGood &= TryReadCount(ref reader, out credit);
            }
            else if (reader.ValueTextEquals("lease_ms"u8))
            {
                isGood &= TryReadDuration(ref reader, out lease) && lease >= QueueLimits.MinLease;
            }
            else
            {
                // Who consumes a queue serves no actions under the same name.
                isGood &= !reader.ValueTextEquals("actions"u8);
                JsonMembers.SkipValue(ref reader);
            }
        }

        return isGood && queue is not null && credit is >= 0 and <= QueueLimits.MaxCredit ? new(queue, consumer, credit.Value, lease) : null;
    }

    public static SettlePayload? ReadSettle(ReadOnlyMemory<byte> payload)
    {
        string? queue = null, task = null, reason = null;
        var delay = TimeSpan.Zero;
        var isDead = false;
        var isGood = PayloadReader.IsObject(payload);
        var reader = Enter(payload, isGood);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("queue"u8))
            {
                isGood &= TryReadName(ref reader, out queue);
            }
            else if (reader.ValueTextEquals("taskId"u8))
            {
                isGood &= TryReadText(ref reader, FrameLimits.MaxNameLength, out task);
            }
            else if (reader.ValueTextEquals("delay_ms"u8))
            {
                isGood &= TryReadDuration(ref reader, out delay);
            }
            else if (reader.ValueTextEquals("dead_letter"u8))
            {
                reader.Read();
                isGood &= reader.TokenType is JsonTokenType.True or JsonTokenType.False;
                isDead = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("reason"u8))
            {
                isGood &= TryReadText(ref reader, int.MaxValue, out reason);
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return isGood && queue is not null && task is not null
            ? new(queue, task, new() { Delay = delay, DeadLetter = isDead, Reason = reason })
            : null;
    }

    /// <summary>A reader in the object, or, where the payload is none, one that has nothing to read.</summary>
    private static Utf8JsonReader Enter(ReadOnlyMemory<byte> payload, bool isObject) => JsonMembers.Enter(isObject ? payload.Span : "{}"u8);

    private static bool TryReadName(ref Utf8JsonReader reader, out string? name) =>
        TryReadText(ref reader, BrokerTopic.MaxLength, out name) && QueueName.IsValid(name);

    private static bool TryReadText(ref Utf8JsonReader reader, int maxLength, out string? text)
    {
        reader.Read();
        var isText = JsonText.TryRead(ref reader, maxLength, out text);
        reader.Skip();
        return isText;
    }

    private static bool TryReadCount(ref Utf8JsonReader reader, out int? count)
    {
        reader.Read();
        count = JsonText.TryReadWhole(ref reader, out int number) ? number : null;
        reader.Skip();
        return count is not null;
    }

    private static bool TryReadDuration(ref Utf8JsonReader reader, out TimeSpan duration)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number
            && reader.TryGetDouble(out var milliseconds)
            && milliseconds >= 0
            && milliseconds <= QueueLimits.MaxDelay.TotalMilliseconds)
        {
            duration = TimeSpan.FromMilliseconds(milliseconds);
            return true;
        }

        reader.Skip();
        duration = default;
        return false;
    }

    private static bool TryReadHeaders(ref Utf8JsonReader reader, Dictionary<string, string> headers)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var areTexts = true;
        while (JsonMembers.Next(ref reader))
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                headers[name] = reader.GetString()!;
            }
            else
            {
                areTexts = false;
                reader.Skip();
            }
        }

        return areTexts;
    }
}
