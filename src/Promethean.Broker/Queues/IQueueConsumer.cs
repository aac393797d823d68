namespace Promethean.Broker;

/// <summary>A live registration for a queue; disposing it takes no more tasks, ends the token of those that run and gives them back.</summary>
public interface IQueueConsumer : IAsyncDisposable
{
    /// <summary>The queue consumed.</summary>
    string Queue { get; }

    /// <summary>Handlers running now.</summary>
    int Active { get; }

    /// <summary>Ends with the registration, and faults when it broke for good.</summary>
    Task Completion { get; }

    /// <summary>Takes no more tasks, then completes when those taken have been handled and settled.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask DrainAsync(CancellationToken cancellationToken = default);
}
