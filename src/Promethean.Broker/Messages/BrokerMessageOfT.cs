namespace Promethean.Broker;

/// <summary>A <see cref="BrokerMessage"/> whose payload has been read.</summary>
/// <typeparam name="T">The payload's type.</typeparam>
/// <param name="Id">Unique per published message.</param>
/// <param name="Topic">The topic it was published to, never a pattern.</param>
/// <param name="Timestamp">When the broker accepted it.</param>
/// <param name="Payload">The payload.</param>
/// <param name="Headers">Names and values as published; empty where there are none.</param>
public sealed record BrokerMessage<T>(
    string Id,
    string Topic,
    DateTimeOffset Timestamp,
    T Payload,
    IReadOnlyDictionary<string, string> Headers);
