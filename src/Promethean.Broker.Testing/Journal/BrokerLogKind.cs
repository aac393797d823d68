namespace Promethean.Broker.Testing;

/// <summary>What a <see cref="BrokerLogEntry"/> tells.</summary>
public enum BrokerLogKind
{
    /// <summary>A message was accepted; the subject is its topic, the id its own.</summary>
    Published,

    /// <summary>A message was given to a handler; the subject is the subscription's pattern.</summary>
    Delivered,

    /// <summary>A message, request, answer or task was lost: to a full buffer, a fault or a lost connection, as the note says; the
    /// subject is the subscription's pattern, or the topic, action or queue.</summary>
    Dropped,

    /// <summary>A message was accepted and nobody was subscribed to its topic.</summary>
    Unheard,

    /// <summary>A handler threw; the subject is the subscription's pattern, the action or the queue.</summary>
    HandlerFailed,

    /// <summary>A request was accepted; the subject is its action, the id its task.</summary>
    Requested,

    /// <summary>A request was given to a worker.</summary>
    Assigned,

    /// <summary>A request ended with its final event.</summary>
    Answered,

    /// <summary>A request ended with an error, its cause with it.</summary>
    Failed,

    /// <summary>A client connected or came back; the subject is its name.</summary>
    Connected,

    /// <summary>A client lost its connection or was disposed; the subject is its name.</summary>
    Disconnected,

    /// <summary>A delivery was repeated by a fault.</summary>
    Duplicated,

    /// <summary>A call was refused by a fault; the subject is the topic, action or queue.</summary>
    Refused,

    /// <summary>A task was added to a queue; the subject is the queue.</summary>
    Enqueued,

    /// <summary>A task was not added, since one of its name was there.</summary>
    Deduplicated,

    /// <summary>A task was given out.</summary>
    Taken,

    /// <summary>A task was acknowledged.</summary>
    Acked,

    /// <summary>A task came back to its queue, as the note says why.</summary>
    Returned,

    /// <summary>A task went to the dead letters, as the note says why.</summary>
    DeadLettered,
}
