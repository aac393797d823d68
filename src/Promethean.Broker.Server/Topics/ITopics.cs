namespace Promethean.Broker.Server;

/// <summary>Topics as a connection's frames need them: every call ends in an acknowledgement where the frame has an id.</summary>
internal interface ITopics
{
    int Subscriptions { get; }

    void Subscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId);

    void Unsubscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId);

    /// <summary>Takes a message for everyone who wants it; what it borrows is not needed after the call.</summary>
    void Publish(ClientConnection connection, PublishPayload message, ReadOnlyMemory<byte> rawId);

    /// <summary>Ends every subscription of a connection that is gone.</summary>
    void Remove(ClientConnection connection);
}
