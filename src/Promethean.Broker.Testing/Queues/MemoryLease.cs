namespace Promethean.Broker.Testing;

/// <summary>A task given to a consumer: what the book knows as its holder, until it is settled or taken back.</summary>
internal sealed class MemoryLease : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public MemoryLease(MemoryConsumer consumer)
    {
        Consumer = consumer;
        Token = _ended.Token;
    }

    public MemoryConsumer Consumer { get; }

    /// <summary>The task as it was given out; set once, with the lease.</summary>
    public required QueueTask Task { get; set; }

    /// <summary>Whether the book still counts it as held. Under the gate.</summary>
    public bool IsHeld { get; set; } = true;

    /// <summary>Handlers that run for it: more than one where a fault repeated the delivery. Under the gate.</summary>
    public int Handlers { get; set; }

    /// <summary>The handler's token: ends when the task is taken back, or its consumer is disposed.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends the token. Called outside the gate.</summary>
    public void Cancel()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Settled meanwhile.
        }
        catch (AggregateException e)
        {
            Consumer.RecordError(Task.Id, e);
        }
    }

    public void Dispose() => _ended.Dispose();
}
