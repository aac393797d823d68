using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Reads the payloads of the broker's own actions; each gives null where the payload is not what the schema says.</summary>
internal static class PayloadReader
{
    private const int MaxNames = 256;

    /// <summary>The one text member of <c>subscribe</c>, <c>unsubscribe</c> and <c>cancel</c>.</summary>
    public static string? ReadText(ReadOnlyMemory<byte> payload, string member)
    {
        string? text = null;
        if (!IsObject(payload))
        {
            return null;
        }

        var reader = JsonMembers.Enter(payload.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals(member))
            {
                reader.Read();
                JsonText.TryRead(ref reader, BrokerTopic.MaxLength, out text);
                reader.Skip();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return text;
    }

    /// <summary>A count that a payload carries; null where it has none, or what is none.</summary>
    public static long? ReadCount(ReadOnlyMemory<byte> payload, ReadOnlySpan<byte> member)
    {
        long? count = null;
        if (!IsObject(payload))
        {
            return null;
        }

        var reader = JsonMembers.Enter(payload.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals(member))
            {
                reader.Read();
                count = JsonText.TryReadWhole(ref reader, out long number) && number >= 0 ? number : null;
                reader.Skip();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return count;
    }

    /// <summary>Whether the payload is an object with that member.</summary>
    public static bool Has(ReadOnlyMemory<byte> payload, ReadOnlySpan<byte> member)
    {
        if (IsObject(payload))
        {
            var reader = JsonMembers.Enter(payload.Span);
            while (JsonMembers.Next(ref reader))
            {
                if (reader.ValueTextEquals(member))
                {
                    return true;
                }

                JsonMembers.SkipValue(ref reader);
            }
        }

        return false;
    }

    /// <summary>The headers of a <c>publish</c> that was found good; empty for none.</summary>
    public static Dictionary<string, string> ReadHeaders(ReadOnlyMemory<byte> headers)
    {
        if (headers.IsEmpty)
        {
            return [];
        }

        var reader = JsonMembers.Enter(headers.Span);
        return JsonHeaders.Read(ref reader, StringComparer.Ordinal);
    }

    public static PublishPayload? ReadPublish(ReadOnlyMemory<byte> payload)
    {
        string? topic = null;
        JsonSlice value = default, headers = default;
        if (!IsObject(payload))
        {
            return null;
        }

        var reader = JsonMembers.Enter(payload.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("topic"u8))
            {
                reader.Read();
                JsonText.TryRead(ref reader, BrokerTopic.MaxLength, out topic);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                value = JsonSlice.Read(ref reader);
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                headers = JsonSlice.Read(ref reader);
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return BrokerTopic.IsValid(topic) && value.Exists && (!headers.Exists || AreHeaders(headers.Of(payload).Span))
            ? new(topic!, value.Of(payload), headers.Exists ? headers.Of(payload) : default)
            : null;
    }

    public static ReadyPayload? ReadReady(ReadOnlyMemory<byte> payload)
    {
        string? worker = null;
        List<string>? actions = null, models = [];
        int? credit = null;
        if (!IsObject(payload))
        {
            return null;
        }

        var reader = JsonMembers.Enter(payload.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("worker"u8))
            {
                reader.Read();
                if (!JsonText.TryRead(ref reader, FrameLimits.MaxNameLength, out worker))
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("actions"u8))
            {
                actions = ReadTexts(ref reader);
            }
            else if (reader.ValueTextEquals("models"u8))
            {
                models = ReadTexts(ref reader);
            }
            else if (reader.ValueTextEquals("credit"u8))
            {
                reader.Read();
                credit = JsonText.TryReadWhole(ref reader, out int number) ? number : null;
                reader.Skip();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return actions is not null && models is not null && credit is >= 0 and <= ReadyPayload.MaxCredit
            ? new(worker, actions, credit.Value, models)
            : null;
    }

    public static RespondPayload? ReadRespond(ReadOnlyMemory<byte> payload)
    {
        string? task = null, name = null;
        JsonSlice body = default;
        var isFinal = false;
        if (!IsObject(payload))
        {
            return null;
        }

        var reader = JsonMembers.Enter(payload.Span);
        while (JsonMembers.Next(ref reader))
        {
            if (!JsonText.IsReadable(ref reader))
            {
                // The schema has refused it, but whoever waits for that task is to hear so.
                JsonMembers.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("taskId"u8))
            {
                reader.Read();
                JsonText.TryRead(ref reader, FrameLimits.MaxNameLength, out task);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                JsonText.TryRead(ref reader, BrokerTopic.MaxLength, out name);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                body = JsonSlice.Read(ref reader);
            }
            else if (reader.ValueTextEquals("final"u8))
            {
                reader.Read();
                isFinal = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        return task is not null ? new(task, name, body.Exists ? body.Of(payload) : default, isFinal) : null;
    }

    /// <summary>What a worker says in the body of an <c>error</c>, made fit for the wire.</summary>
    public static Refusal ReadError(ReadOnlyMemory<byte> body)
    {
        string? code = null, message = null;
        double? retryAfter = null;
        if (IsObject(body))
        {
            var reader = JsonMembers.Enter(body.Span);
            while (JsonMembers.Next(ref reader))
            {
                if (reader.ValueTextEquals("code"u8))
                {
                    reader.Read();
                    JsonText.TryRead(ref reader, FrameLimits.MaxNameLength, out code);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("message"u8))
                {
                    reader.Read();
                    JsonText.TryRead(ref reader, int.MaxValue, out message);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("retry_after_ms"u8))
                {
                    reader.Read();
                    retryAfter = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var ms) ? Math.Clamp(ms, 0, int.MaxValue) : null;
                    reader.Skip();
                }
                else
                {
                    JsonMembers.SkipValue(ref reader);
                }
            }
        }

        return new(
            BrokerErrorCodes.FromWireName(code),
            message ?? "The worker failed without a reason.",
            retryAfter is { } delay ? TimeSpan.FromMilliseconds(delay) : null);
    }

    public static bool IsObject(ReadOnlyMemory<byte> text) => text.Span is [(byte)'{', ..];

    private static bool AreHeaders(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'{', ..])
        {
            return false;
        }

        var reader = JsonMembers.Enter(text);
        while (JsonMembers.Next(ref reader))
        {
            // Names are read for their validity too: a subscriber must be able to read what it is sent.
            reader.GetString();
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            reader.GetString();
        }

        return true;
    }

    private static List<string>? ReadTexts(ref Utf8JsonReader reader)
    {
        reader.Read();
        var texts = reader.TokenType == JsonTokenType.StartArray ? new List<string>() : null;
        if (texts is null)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (texts is not null && texts.Count < MaxNames && JsonText.TryRead(ref reader, BrokerTopic.MaxLength, out var text))
            {
                texts.Add(text);
            }
            else
            {
                texts = null;
                reader.Skip();
            }
        }

        return texts;
    }
}
