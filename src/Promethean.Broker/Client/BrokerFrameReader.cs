using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Reads the events of one message: an object, or an array of them.</summary>
/// <remarks>Throws <see cref="JsonException"/> for what is not JSON and <see cref="InvalidOperationException"/> for a member of a
/// wrong type; both mean that the other side is no broker.</remarks>
internal static class BrokerFrameReader
{
    private static readonly string[] KnownEvents =
    [
        BrokerEvents.Ok, BrokerEvents.Message, BrokerEvents.ChatDelta, BrokerEvents.TaskAssigned, BrokerEvents.TaskCancelled,
        BrokerEvents.ChatComplete, BrokerEvents.EmbeddingResult, BrokerEvents.Cancelled, BrokerEvents.Error, BrokerEvents.Received,
        BrokerEvents.Gap, BrokerEvents.Backpressure,
    ];

    public static void Read(ReadOnlyMemory<byte> text, Action<BrokerFrame> take)
    {
        var reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = FrameLimits.MaxReadDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            take(ReadFrame(ref reader, text));
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            take(ReadFrame(ref reader, text));
        }
    }

    private static BrokerFrame ReadFrame(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text)
    {
        var start = (int)reader.TokenStartIndex;
        string? id = null, name = null, errorText = null, code = null;
        double? retryAfter = null;
        long? count = null;
        bool isFinal = false, isPause = false;
        JsonSlice message = default, task = default, payload = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidOperationException($"A frame is an object, not {reader.TokenType}.");
        }

        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                name = ReadEvent(ref reader);
            }
            else if (reader.ValueTextEquals("final"u8))
            {
                reader.Read();
                isFinal = reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                message = JsonSlice.Read(ref reader);
                errorText = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("task"u8))
            {
                task = JsonSlice.Read(ref reader);
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                payload = JsonSlice.Read(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("retry_after_ms"u8))
            {
                reader.Read();
                retryAfter = reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("seq"u8) || reader.ValueTextEquals("missed"u8))
            {
                reader.Read();
                count = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("state"u8))
            {
                reader.Read();
                isPause = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("pause"u8);
                reader.Skip();
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        var addressed = id is not null;
        var error = name switch
        {
            BrokerEvents.Error => new BrokerException(
                BrokerErrorCodes.FromWireName(code),
                errorText ?? "The broker gave no reason.",
                retryAfter is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)) : null),
            BrokerEvents.Cancelled => new BrokerException(BrokerErrorCode.Cancelled, "The request was cancelled."),
            _ => null,
        };
        var (work, queued) = !addressed && name == BrokerEvents.TaskAssigned ? EnvelopeReader.ReadTask(task.Of(text)) : default;
        return new()
        {
            Id = id,
            Event = name ?? throw new InvalidOperationException("A frame bears no event."),
            IsFinal = isFinal || error is not null || name == BrokerEvents.Ok,
            Text = text[start..(int)reader.BytesConsumed],
            Payload = name == BrokerEvents.Ok && payload.Exists ? payload.Of(text) : default,
            Error = error,
            Count = count,
            IsPause = isPause,
            Message = !addressed && name == BrokerEvents.Message ? EnvelopeReader.ReadMessage(message.Of(text)) : null,
            Task = work,
            QueueTask = queued,
            CancelledTask = !addressed && name == BrokerEvents.TaskCancelled ? EnvelopeReader.ReadTaskId(task.Of(text)) : null,
        };
    }

    private static string? ReadEvent(ref Utf8JsonReader reader)
    {
        foreach (var known in KnownEvents)
        {
            if (reader.ValueTextEquals(known))
            {
                return known;
            }
        }

        return reader.GetString();
    }
}
