namespace Promethean.Broker;

/// <summary>Messages of a subscription may be missing between what was handled before and what follows.</summary>
/// <remarks>The broker drops the oldest messages of a client that reads too slowly or stays away too long, and those published while
/// a client has no connection are not kept beyond the broker's window for coming back.</remarks>
/// <param name="Missed">How many messages the broker dropped for this client, over all its subscriptions; null where nobody can
/// tell.</param>
public sealed record BrokerGap(long? Missed);
