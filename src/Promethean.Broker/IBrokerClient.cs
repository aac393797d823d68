namespace Promethean.Broker;

/// <summary>A connection to a broker: topics to publish and subscribe, actions to request and to serve.</summary>
/// <remarks>
/// <para>Every member may be called from any thread. The typed forms of these members are extension methods of
/// <see cref="BrokerClientExtensions"/>; an implementation moves JSON and never sees a payload's type.</para>
/// <para>Disposal ends subscriptions and workers and fails what still waits with
/// <see cref="BrokerErrorCode.Cancelled"/>; afterwards every member throws <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public interface IBrokerClient : IAsyncDisposable
{
    /// <summary>Where the connection stands now.</summary>
    BrokerConnectionState State { get; }

    /// <summary>The current state at once, then each change in order; a slow reader misses states in between, never the latest.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default);

    /// <summary>Publishes to a topic, at most once per subscriber; completes when the broker has accepted the message.</summary>
    /// <param name="topic">Dot-separated segments of letters, digits, <c>-</c> and <c>_</c>; see <see cref="BrokerTopic"/>.</param>
    /// <param name="payload">Any JSON value.</param>
    /// <param name="options">Headers and what to do while disconnected.</param>
    /// <param name="cancellationToken">Stops waiting; the message may have left.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> for a bad topic,
    /// <see cref="BrokerErrorCode.Timeout"/> when no connection came in time.</exception>
    ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a topic or a pattern; completes when the broker has acknowledged, so that a publish after it is seen.</summary>
    /// <remarks>The handler runs for one message at a time, in publish order per topic, unless
    /// <see cref="SubscribeOptions.MaxConcurrency"/> gives up that order; a slow handler delays only its own subscription, unless
    /// that was asked for (<see cref="BrokerOverflow.Wait"/>). What it throws is counted and logged, and the next message follows.</remarks>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment and a last <c>&gt;</c> for one or more.</param>
    /// <param name="handler">Called with each message; its token ends with the subscription.</param>
    /// <param name="options">Buffer size, overflow policy and concurrency.</param>
    /// <param name="cancellationToken">Stops waiting for the acknowledgement; the subscription's life is its disposal.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> for a bad pattern,
    /// <see cref="BrokerErrorCode.Timeout"/> when no connection came in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    ValueTask<IBrokerSubscription> SubscribeAsync(
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Asks a worker for an action and yields its events: any number that are not final, then exactly one that is.</summary>
    /// <remarks>Leaving the enumeration early, or cancelling it, cancels the work. Errors come as
    /// <see cref="BrokerException"/>; events yielded before stay valid.</remarks>
    /// <param name="action">The action's wire name, for example <c>chat.completion</c>; see <see cref="BrokerActions"/>.</param>
    /// <param name="payload">The action's request.</param>
    /// <param name="options">Deadline, priority and what to do while disconnected.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.NoResponders"/> when no worker serves the action,
    /// <see cref="BrokerErrorCode.Timeout"/> past the deadline, or what the worker answered.</exception>
    IAsyncEnumerable<BrokerReply> RequestStreamAsync(
        string action,
        JsonPayload payload,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Serves actions; completes when the broker has acknowledged, so that a request after it finds this worker.</summary>
    /// <remarks>At most <see cref="ServeOptions.Concurrency"/> handlers run at once. A handler yields its events; the last must be
    /// final. A <see cref="BrokerException"/> thrown by it reaches the caller as it is, anything else as
    /// <see cref="BrokerErrorCode.Internal"/> without its text. The token ends when the caller cancels or its deadline passes.</remarks>
    /// <param name="actions">Wire names of the actions, at least one.</param>
    /// <param name="handler">Called once per request.</param>
    /// <param name="options">Concurrency.</param>
    /// <param name="cancellationToken">Stops waiting for the acknowledgement; the worker's life is its disposal.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/> for no action or one that cannot be served,
    /// <see cref="BrokerErrorCode.Timeout"/> when no connection came in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    ValueTask<IBrokerWorker> ServeAsync(
        IReadOnlyCollection<string> actions,
        BrokerActionHandler handler,
        ServeOptions? options = null,
        CancellationToken cancellationToken = default);
}
