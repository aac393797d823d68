namespace Promethean.Broker;

/// <summary>A live subscription; disposing it ends delivery and waits for the handler that runs.</summary>
public interface IBrokerSubscription : IAsyncDisposable
{
    /// <summary>The topic or pattern asked for.</summary>
    string Pattern { get; }

    /// <summary>Ends with the subscription, and faults when delivery broke for good; disposal does not repeat that fault.</summary>
    Task Completion { get; }

    /// <summary>Messages lost to the overflow policy since the start.</summary>
    long Dropped { get; }

    /// <summary>Messages received and not yet handled.</summary>
    int Pending { get; }

    /// <summary>Stops taking new messages, then completes when those pending have been handled.</summary>
    /// <param name="cancellationToken">Stops waiting; what is pending stays pending.</param>
    ValueTask DrainAsync(CancellationToken cancellationToken = default);
}
