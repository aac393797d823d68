using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>The payload of <c>resume</c>, which is the first message of a socket or no good.</summary>
/// <param name="RawId">The frame's id as JSON text.</param>
/// <param name="SessionId">The session to go on with; null to begin one.</param>
/// <param name="Received">How many events of it have come.</param>
internal sealed record ResumeRequest(byte[] RawId, string? SessionId, long Received)
{
    /// <summary>Reads a message that is one <c>resume</c> frame; null where it is anything else.</summary>
    public static ResumeRequest? Read(ReadOnlyMemory<byte> text, FrameList frames, FrameRouter router)
    {
        try
        {
            ClientFrameReader.Read(text, frames);
            return frames.Count == 1 && frames[0] is { Action: BrokerActions.Resume } frame && router.Problem(frame) is null ? Read(frame) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever takes the message says what is wrong with it.
            return null;
        }
    }

    private static ResumeRequest? Read(ClientFrame frame)
    {
        var rawId = frame.RawId.ToArray();
        if (frame.Payload.IsEmpty)
        {
            return new(rawId, null, 0);
        }

        // A count beyond what can be counted is more than was sent, so that there is nothing to go on with.
        return new(rawId, PayloadReader.ReadText(frame.Payload, "session"), PayloadReader.ReadCount(frame.Payload, "received"u8) ?? long.MaxValue);
    }
}
