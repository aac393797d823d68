namespace Promethean.Broker.Server;

/// <summary>Requests and workers as a connection's frames need them.</summary>
internal interface IWork
{
    /// <summary>Whether <see cref="Models"/> names all there are; where it does not, <c>models.list</c> is a request like any other.</summary>
    bool KnowsEveryModel { get; }

    /// <summary>Takes a request: to a worker, or to wait for one.</summary>
    void Submit(ClientConnection caller, ClientFrame frame);

    /// <summary>Ends a request for its caller at once, whatever its worker does; an unknown id is ignored.</summary>
    void Cancel(ClientConnection caller, string id);

    /// <summary>Registers a worker, changes it, or, without actions, ends it; acknowledges before it assigns.</summary>
    void Register(ClientConnection connection, ReadyPayload ready, ReadOnlyMemory<byte> rawId);

    /// <summary>Passes a worker's event on to the caller; a final one gives the worker its credit back.</summary>
    Refusal? Respond(ClientConnection connection, RespondPayload response);

    /// <summary>A connection that was away is back, or has room again.</summary>
    void Resume(ClientConnection connection);

    /// <summary>Forgets a connection: what it asked for is withdrawn, what it worked on fails.</summary>
    void Disconnect(ClientConnection connection);

    /// <summary>The ids of the models behind this broker's workers, in order.</summary>
    IReadOnlyList<string> Models();

    /// <summary>Workers registered, requests waiting and requests not yet answered.</summary>
    (int Workers, int Queued, int Open) Count();

    /// <summary>Takes no more requests; completes when those taken have ended.</summary>
    Task DrainAsync();
}
