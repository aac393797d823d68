namespace Promethean.Broker.Testing;

/// <summary>What an <see cref="InMemoryBroker"/> has done since it was made.</summary>
/// <remarks>When the broker is quiet, every message to a subscription is accounted for: with one subscription per topic,
/// <c>Published + Duplicated = Delivered + Dropped + Unheard</c>.</remarks>
/// <param name="Published">Messages accepted.</param>
/// <param name="Delivered">Messages given to a handler, once per subscription.</param>
/// <param name="Dropped">Messages lost to a full buffer, a fault or a lost connection, once per subscription; requests, answers and
/// tasks lost to a fault too.</param>
/// <param name="Unheard">Messages that nobody was subscribed to.</param>
/// <param name="Duplicated">Deliveries repeated by a fault.</param>
/// <param name="HandlerErrors">Exceptions that handlers of subscriptions and consumers threw.</param>
/// <param name="Requests">Requests accepted.</param>
/// <param name="Answered">Requests that ended with their final event.</param>
/// <param name="Failed">Requests that ended otherwise: an error, a cancel, a deadline.</param>
/// <param name="Enqueued">Tasks added to queues.</param>
/// <param name="Acked">Tasks acknowledged.</param>
/// <param name="Retried">Tasks that came back to their queue, to be given out again.</param>
/// <param name="DeadLettered">Tasks that went to the dead letters.</param>
public readonly record struct BrokerCounters(
    long Published,
    long Delivered,
    long Dropped,
    long Unheard,
    long Duplicated,
    long HandlerErrors,
    long Requests,
    long Answered,
    long Failed,
    long Enqueued,
    long Acked,
    long Retried,
    long DeadLettered);
