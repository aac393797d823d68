namespace Promethean.Broker;

/// <summary>Queues of tasks: each task goes to one consumer at a time, until one of them acknowledges it.</summary>
/// <remarks>
/// <para>A facet of the same connection as <see cref="IBrokerClient"/>, apart so that those who only publish need not see it.
/// Every member may be called from any thread; the typed forms are extension methods of <see cref="BrokerQueueExtensions"/>.</para>
/// <para>Delivery is at least once, oldest first: a task whose consumer rejects it, loses its connection or lets the lease run out
/// is given out again at its old place, and after its last attempt it goes to the queue's dead letters
/// (<see cref="QueueName.DeadLetters"/>), itself a queue, with the reason in its headers. A handler must bear seeing a task twice.</para>
/// </remarks>
public interface IBrokerQueue : IAsyncDisposable
{
    /// <summary>Adds a task; completes when the broker has accepted it.</summary>
    /// <param name="queue">The queue's name, in the grammar of topics; see <see cref="QueueName"/>. A queue need not be declared.</param>
    /// <param name="payload">Any JSON value.</param>
    /// <param name="options">Deduplication, delay, attempts, headers and what to do while disconnected.</param>
    /// <param name="cancellationToken">Stops waiting; the task may have been added. A <see cref="EnqueueOptions.DedupeId"/> makes
    /// trying again safe.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> for a bad name or option,
    /// <see cref="BrokerErrorCode.Overloaded"/> when the queue is full, <see cref="BrokerErrorCode.Timeout"/> when no connection or
    /// no acknowledgement came in time.</exception>
    ValueTask<EnqueueResult> EnqueueAsync(string queue, JsonPayload payload, EnqueueOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Consumes a queue; completes when the broker has acknowledged.</summary>
    /// <remarks>At most <see cref="ConsumeOptions.Credit"/> handlers run at once. A handler that returns without having settled its
    /// delivery acknowledges it; one that throws rejects it, to be tried again after a growing delay
    /// (<see cref="ConsumeOptions.RetryDelay"/>).</remarks>
    /// <param name="queue">The queue's name.</param>
    /// <param name="handler">Called with each task; its token ends with the consumer, the connection or the lease.</param>
    /// <param name="options">Credit, lease and retry delay.</param>
    /// <param name="cancellationToken">Stops waiting for the acknowledgement; the consumer's life is its disposal.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> for a bad name.</exception>
    ValueTask<IQueueConsumer> ConsumeAsync(
        string queue,
        Func<IQueueDelivery, CancellationToken, ValueTask> handler,
        ConsumeOptions? options = null,
        CancellationToken cancellationToken = default);
}
