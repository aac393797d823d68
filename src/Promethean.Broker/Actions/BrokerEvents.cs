namespace Promethean.Broker;

/// <summary>The wire names of what a broker sends.</summary>
public static class BrokerEvents
{
    /// <summary>Final: done; <c>payload</c> where the action has a result.</summary>
    public const string Ok = "ok";

    /// <summary>A message of a topic subscribed to.</summary>
    public const string Message = "message";

    /// <summary>To a worker: a task to do.</summary>
    public const string TaskAssigned = "task-assigned";

    /// <summary>To a worker: a task no longer wanted.</summary>
    public const string TaskCancelled = "task-cancelled";

    /// <summary>A piece of a chat answer; <see cref="ChatDelta"/>.</summary>
    public const string ChatDelta = "chat.delta";

    /// <summary>Final: a chat answer; <see cref="Broker.ChatComplete"/>.</summary>
    public const string ChatComplete = "chat.complete";

    /// <summary>Final: vectors; <see cref="Broker.EmbeddingResult"/>.</summary>
    public const string EmbeddingResult = "embedding.result";

    /// <summary>Final: the request was cancelled.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Final where it has an id: <c>{code, message, retry_after_ms?}</c>.</summary>
    public const string Error = "error";

    /// <summary>Topic messages were dropped before what follows: <c>{missed}</c>.</summary>
    public const string Gap = "gap";

    /// <summary>Asks for frames to be held back, or sent again: <c>{state}</c>, <c>pause</c> or <c>resume</c>.</summary>
    public const string Backpressure = "backpressure";

    /// <summary>How many frames of the session have come: <c>{seq}</c>.</summary>
    public const string Received = "received";
}
