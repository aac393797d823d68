namespace Promethean.Broker.Testing;

/// <summary>What an <see cref="InMemoryBroker"/> has done since it was made.</summary>
/// <param name="Published">Messages accepted.</param>
/// <param name="Delivered">Messages given to a handler, once per subscription.</param>
/// <param name="Dropped">Messages lost to a full buffer, once per subscription.</param>
/// <param name="Unheard">Messages that nobody was subscribed to.</param>
/// <param name="HandlerErrors">Exceptions that subscribers' handlers threw.</param>
/// <param name="Requests">Requests accepted.</param>
/// <param name="Answered">Requests that ended with their final event.</param>
/// <param name="Failed">Requests that ended otherwise: an error, a cancel, a deadline.</param>
public readonly record struct BrokerCounters(
    long Published,
    long Delivered,
    long Dropped,
    long Unheard,
    long HandlerErrors,
    long Requests,
    long Answered,
    long Failed);
