namespace Promethean.Broker;

/// <summary>A task in a consumer's hands, to be settled once: acknowledged or rejected.</summary>
/// <remarks>A second settlement does nothing. A settlement of a lease that has run out, or of a lost connection, fails with
/// <see cref="BrokerErrorCode.NotFound"/> or a transient error: the task is, or will be, someone else's.</remarks>
public interface IQueueDelivery
{
    /// <summary>The task.</summary>
    QueueTask Task { get; }

    /// <summary>Whether it has been settled, or is being settled.</summary>
    bool IsSettled { get; }

    /// <summary>The task is done; completes when the broker has forgotten it.</summary>
    /// <param name="cancellationToken">Stops waiting; the task may be gone.</param>
    ValueTask AckAsync(CancellationToken cancellationToken = default);

    /// <summary>The task was not done: it is given out again, or goes to the dead letters.</summary>
    /// <param name="options">When it is tried again, or that it is not.</param>
    /// <param name="cancellationToken">Stops waiting; the task may be back in the queue.</param>
    ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default);
}
