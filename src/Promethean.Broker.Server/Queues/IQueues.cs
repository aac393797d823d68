namespace Promethean.Broker.Server;

/// <summary>Queues as a connection's frames need them: every call ends in an acknowledgement where the frame has an id.</summary>
internal interface IQueues
{
    /// <summary>Takes a task and says its id.</summary>
    void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId);

    /// <summary>Registers a consumer, changes it, or, without credit, ends it; acknowledges before it assigns.</summary>
    void Register(ClientConnection connection, ConsumePayload ready, ReadOnlyMemory<byte> rawId);

    /// <summary>A task is done.</summary>
    void Complete(ClientConnection connection, SettlePayload done, ReadOnlyMemory<byte> rawId);

    /// <summary>A task was not done.</summary>
    void Return(ClientConnection connection, SettlePayload undone, ReadOnlyMemory<byte> rawId);

    /// <summary>A connection that was behind has room again.</summary>
    void Resume(ClientConnection connection);

    /// <summary>Forgets a connection: what its consumers hold goes back.</summary>
    void Disconnect(ClientConnection connection);

    /// <summary>Takes no more tasks and gives none out; those held may still be settled.</summary>
    void Drain();

    /// <summary>Consumers registered, queues that hold something, and what they hold, as far as this broker knows.</summary>
    (int Consumers, int Queues, int Tasks) Count();

    /// <summary>Waits until what was accepted is kept, and gives how much is not.</summary>
    Task<int> FlushAsync(CancellationToken cancellationToken);
}
