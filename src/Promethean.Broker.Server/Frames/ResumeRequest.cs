using System.Text.Json;

namespace Promethean.Broker.Server;

/// <summary>The payload of <c>resume</c>, which is the first message of a socket or no good.</summary>
/// <param name="RawId">The frame's id as JSON text.</param>
/// <param name="SessionId">The session to go on with; null to begin one.</param>
/// <param name="Received">How many events of it have come.</param>
internal sealed record ResumeRequest(byte[] RawId, string? SessionId, long Received)
{
    /// <summary>Reads a message that is one <c>resume</c> frame; null where it is anything else.</summary>
    public static ResumeRequest? Read(ReadOnlyMemory<byte> text, FrameList frames)
    {
        try
        {
            ClientFrameReader.Read(text, frames);
            return frames.Count == 1 && frames[0] is { Action: BrokerActions.Resume, Problem: null, RawId.IsEmpty: false } frame ? Read(frame) : null;
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
        if (frame.Payload.IsEmpty || !PayloadReader.Has(frame.Payload, "session"u8))
        {
            return new(rawId, null, 0);
        }

        var session = PayloadReader.ReadText(frame.Payload, "session");
        var received = PayloadReader.ReadCount(frame.Payload, "received"u8);
        return session is not null && received is { } count ? new(rawId, session, count) : null;
    }
}
