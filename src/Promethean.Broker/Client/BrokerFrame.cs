namespace Promethean.Broker;

/// <summary>One event as received from a broker.</summary>
internal sealed class BrokerFrame
{
    /// <summary>The id of the call it answers; null for what the broker says of itself.</summary>
    public string? Id { get; init; }

    public required string Event { get; init; }

    public bool IsFinal { get; init; }

    /// <summary>The whole event, borrowed until the next message is read.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The <c>payload</c> of an <c>ok</c>, borrowed like the text; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What an <c>error</c> or <c>cancelled</c> event says.</summary>
    public BrokerException? Error { get; init; }

    /// <summary>What a <c>message</c> event carries.</summary>
    public BrokerMessage? Message { get; init; }

    /// <summary>What a <c>task-assigned</c> event carries to a worker.</summary>
    public TaskAssignment? Task { get; init; }

    /// <summary>What a <c>task-assigned</c> event carries to a consumer.</summary>
    public QueueAssignment? QueueTask { get; init; }

    /// <summary>The task that a <c>task-cancelled</c> event names.</summary>
    public string? CancelledTask { get; init; }

    /// <summary>The number of a <c>received</c> or a <c>gap</c> event.</summary>
    public long? Count { get; init; }

    /// <summary>Whether a <c>backpressure</c> event asks to hold back.</summary>
    public bool IsPause { get; init; }
}
