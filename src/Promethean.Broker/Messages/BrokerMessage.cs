namespace Promethean.Broker;

/// <summary>What a subscriber receives: the envelope of the wire's <c>message</c> event.</summary>
/// <param name="Id">Unique per published message.</param>
/// <param name="Topic">The topic it was published to, never a pattern.</param>
/// <param name="Timestamp">When the broker accepted it; milliseconds since the epoch on the wire.</param>
/// <param name="Payload">The published JSON.</param>
/// <param name="Headers">Names and values as published; empty where there are none.</param>
public sealed record BrokerMessage(
    string Id,
    string Topic,
    DateTimeOffset Timestamp,
    JsonPayload Payload,
    IReadOnlyDictionary<string, string> Headers);
