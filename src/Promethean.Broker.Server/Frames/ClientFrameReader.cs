using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>Reads the frames of one message; a message is read whole before any of its frames is taken.</summary>
internal static class ClientFrameReader
{
    private static readonly string[] KnownActions =
    [
        BrokerActions.Publish, BrokerActions.Respond, BrokerActions.ChatCompletion, BrokerActions.EmbeddingQuery, BrokerActions.Cancel,
        BrokerActions.Heartbeat, BrokerActions.Subscribe, BrokerActions.Unsubscribe, BrokerActions.Ready,
        BrokerActions.Enqueue, BrokerActions.Acknowledge, BrokerActions.Reject, BrokerActions.Received, BrokerActions.Resume,
    ];

    /// <summary>Fills the list; a frame that is no good says so itself.</summary>
    /// <exception cref="JsonException">The message is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A name in it is not text.</exception>
    public static void Read(ReadOnlyMemory<byte> text, FrameList frames)
    {
        frames.Clear();
        var reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { MaxDepth = FrameLimits.MaxDepth });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadFrame(ref reader, text, frames.Add());
                if (frames.Count > FrameLimits.MaxFrames)
                {
                    throw new JsonException($"An array holds at most {FrameLimits.MaxFrames} frames.");
                }
            }

            if (frames.Count == 0)
            {
                frames.Add().Problem = "An array holds at least one frame.";
            }
        }
        else
        {
            ReadFrame(ref reader, text, frames.Add());
        }

        reader.Read();
    }

    private static void ReadFrame(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text, ClientFrame frame)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            frame.Problem = "A frame is a JSON object.";
            reader.Skip();
            return;
        }

        var start = (int)reader.TokenStartIndex;
        while (JsonMembers.Next(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                ReadId(ref reader, text, frame);
            }
            else if (reader.ValueTextEquals("action"u8))
            {
                ReadAction(ref reader, frame);
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                frame.Payload = JsonSlice.Read(ref reader).Of(text);
            }
            else if (reader.ValueTextEquals("deadline_ms"u8))
            {
                ReadDeadline(ref reader, frame);
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                ReadPriority(ref reader, frame);
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                ReadTraceParent(ref reader, frame);
            }
            else
            {
                JsonMembers.SkipValue(ref reader);
            }
        }

        frame.Text = text[start..(int)reader.BytesConsumed];
        if (frame.Action.Length == 0)
        {
            frame.Problem ??= "A frame has an action: segments of letters, digits, '-' and '_', joined by dots.";
        }
    }

    private static void ReadId(ref Utf8JsonReader reader, ReadOnlyMemory<byte> text, ClientFrame frame)
    {
        reader.Read();
        if (JsonText.IsText(ref reader, FrameLimits.MaxNameLength))
        {
            frame.RawId = text[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
            return;
        }

        frame.Problem = $"The id is a string of 1 to {FrameLimits.MaxNameLength} characters.";
        reader.Skip();
    }

    private static void ReadAction(ref Utf8JsonReader reader, ClientFrame frame)
    {
        // Of two the later counts, also where it is no good.
        frame.Action = "";
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var known in KnownActions)
            {
                if (reader.ValueTextEquals(known))
                {
                    frame.Action = known;
                    return;
                }
            }

            if (JsonText.TryRead(ref reader, BrokerTopic.MaxLength, out var action) && BrokerActions.IsValid(action))
            {
                frame.Action = action;
            }
        }

        reader.Skip();
    }

    private static void ReadDeadline(ref Utf8JsonReader reader, ClientFrame frame)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var milliseconds) && milliseconds is >= 0 and <= int.MaxValue)
        {
            frame.TimeLeft = TimeSpan.FromMilliseconds(milliseconds);
            return;
        }

        frame.Problem = $"deadline_ms is a number from 0 to {int.MaxValue}.";
        reader.Skip();
    }

    private static void ReadPriority(ref Utf8JsonReader reader, ClientFrame frame)
    {
        reader.Read();
        if (JsonText.TryReadWhole(ref reader, out int priority))
        {
            frame.Priority = priority;
            return;
        }

        frame.Problem = "priority is a 32-bit whole number.";
        reader.Skip();
    }

    private static void ReadTraceParent(ref Utf8JsonReader reader, ClientFrame frame)
    {
        reader.Read();
        if (JsonText.TryRead(ref reader, FrameLimits.MaxNameLength, out var traceParent))
        {
            frame.TraceParent = traceParent;
            return;
        }

        frame.Problem = $"traceparent is a string of 1 to {FrameLimits.MaxNameLength} characters.";
        reader.Skip();
    }
}
