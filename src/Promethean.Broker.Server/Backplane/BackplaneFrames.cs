namespace Promethean.Broker.Server;

/// <summary>Writes frames from what the backplane brings.</summary>
internal static class BackplaneFrames
{
    private static readonly string[] EnvelopeMembers = ["id", "event", "final"];

    public static byte[] Message(BrokerMessage message) => ServerFrames.Message(
        // Ids are the backplane's to choose; what would need escaping within JSON is escaped otherwise.
        BrokerTopic.IsValid(message.Id) ? message.Id : Uri.EscapeDataString(message.Id),
        message.Topic,
        message.Timestamp.ToUnixTimeMilliseconds(),
        message.Payload.Utf8.Span,
        message.Headers.Count > 0 ? JsonHeaders.ToUtf8(message.Headers) : []);

    /// <summary>An event of an answer for its caller.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> rawId, BrokerReply reply) =>
        ServerFrames.Answer(rawId, reply.Event, reply.IsFinal, reply.Body.Without(EnvelopeMembers).Utf8.Span.Trim(" \t\r\n"u8));
}
