namespace Promethean.Broker.Testing;

/// <summary>What a <see cref="BrokerLogEntry"/> tells.</summary>
public enum BrokerLogKind
{
    /// <summary>A message was accepted; the subject is its topic, the id its own.</summary>
    Published,

    /// <summary>A message was given to a handler; the subject is the subscription's pattern.</summary>
    Delivered,

    /// <summary>A message was lost to a full buffer; the subject is the subscription's pattern.</summary>
    Dropped,

    /// <summary>A message was accepted and nobody was subscribed to its topic.</summary>
    Unheard,

    /// <summary>A subscriber's handler threw; the subject is the subscription's pattern.</summary>
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
}
