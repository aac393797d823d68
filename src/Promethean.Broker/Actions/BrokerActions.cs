namespace Promethean.Broker;

/// <summary>The wire names of what a client may ask; a worker may register others.</summary>
public static class BrokerActions
{
    /// <summary>Topic: start delivery.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>Topic: end delivery.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>Topic: send a message.</summary>
    public const string Publish = "publish";

    /// <summary>Worker: register actions with credit. Consumer: register for a queue.</summary>
    public const string Ready = "ready";

    /// <summary>Worker: one event of the answer to a task.</summary>
    public const string Respond = "respond";

    /// <summary>Cancel a request by its id.</summary>
    public const string Cancel = "cancel";

    /// <summary>A sign of life; answered with <c>ok</c> when it has an id.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>Work: OpenAI's chat completion; <see cref="ChatCompletionRequest"/>.</summary>
    public const string ChatCompletion = "chat.completion";

    /// <summary>Work: OpenAI's embeddings; <see cref="EmbeddingRequest"/>.</summary>
    public const string EmbeddingQuery = "embedding.query";

    /// <summary>The models that the workers serve.</summary>
    public const string ModelsList = "models.list";

    /// <summary>Whether the broker is well.</summary>
    public const string SystemHealth = "system.health";

    /// <summary>The broker's counters.</summary>
    public const string SystemMetrics = "system.metrics";

    /// <summary>Queue: add a task.</summary>
    public const string Enqueue = "enqueue";

    /// <summary>Queue: a task is done.</summary>
    public const string Acknowledge = "ack";

    /// <summary>Queue: a task failed and may be tried again.</summary>
    public const string Reject = "nack";

    /// <summary>Session: begin one, or go on with one over a new socket; the first frame of a socket.</summary>
    public const string Resume = "resume";

    /// <summary>Session: how many events have come.</summary>
    public const string Received = "received";

    /// <summary>Whether the broker itself answers the action, so that no worker can serve it.</summary>
    /// <param name="action">The action's wire name.</param>
    public static bool IsBuiltIn(string action) => action is Subscribe or Unsubscribe or Publish or Ready or Respond or Cancel or Heartbeat
        or ModelsList or SystemHealth or SystemMetrics or Enqueue or Acknowledge or Reject or Resume or Received;

    /// <summary>Whether the text can name an action: the grammar of topics, see <see cref="BrokerTopic"/>.</summary>
    /// <param name="action">The text.</param>
    public static bool IsValid(string? action) => BrokerTopic.IsValid(action);
}
