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

    /// <summary>Worker: register actions with credit, or give credit back.</summary>
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
}
