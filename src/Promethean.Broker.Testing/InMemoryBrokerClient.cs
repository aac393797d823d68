using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing;

/// <summary>A client of an <see cref="InMemoryBroker"/>, which a test can also cut off.</summary>
/// <remarks>Disposal waits for the handlers of its subscriptions and workers that run, unless one of them disposes it.</remarks>
public sealed class InMemoryBrokerClient : IBrokerClient, IBrokerQueue
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private readonly InMemoryBroker _broker;
    private readonly MemoryConnection _connection;

    internal InMemoryBrokerClient(InMemoryBroker broker, string name)
    {
        _broker = broker;
        _connection = new(broker, this);
        Name = name;
    }

    /// <summary>The name under which the broker's log knows it.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public BrokerConnectionState State => _connection.State;

    /// <inheritdoc/>
    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _connection.WatchAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CallRules.ThrowIfNoTopic(topic);

        return _connection.IsReady(cancellationToken)
            ? _broker.Topics.Publish(this, topic, payload, options?.Headers ?? NoHeaders, cancellationToken)
            : PublishSlowlyAsync(topic, payload, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerSubscription> SubscribeAsync(
        string pattern,
        Func<BrokerMessage, CancellationToken, ValueTask> handler,
        SubscribeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(handler);
        options ??= new();
        options.Validate();
        CallRules.ThrowIfNoPattern(pattern);

        await _connection.ConnectedAsync(null, cancellationToken).ConfigureAwait(false);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        var subscription = new MemorySubscription(_broker.Topics, this, pattern, handler, options);
        _broker.Topics.Add(subscription);
        return subscription;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<BrokerReply> RequestStreamAsync(
        string action,
        JsonPayload payload,
        RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CallRules.ThrowIfNoAction(action);

        return AskAsync(action, payload, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerWorker> ServeAsync(
        IReadOnlyCollection<string> actions,
        BrokerActionHandler handler,
        ServeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(actions);
        options ??= new();
        CallRules.ThrowIfNotServable(actions, options);

        await _connection.ConnectedAsync(null, cancellationToken).ConfigureAwait(false);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        var worker = new MemoryWorker(_broker.Work, this, actions, handler, options);
        _broker.Work.Add(worker);
        return worker;
    }

    /// <inheritdoc/>
    public async ValueTask<EnqueueResult> EnqueueAsync(string queue, JsonPayload payload, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CallRules.ThrowIfNoQueue(queue);
        options ??= new();
        options.Validate();
        await _connection.ConnectedAsync(options.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        var result = _broker.Queues.Enqueue(this, queue, payload, options);
        await LeaveAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<IQueueConsumer> ConsumeAsync(
        string queue,
        Func<IQueueDelivery, CancellationToken, ValueTask> handler,
        ConsumeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(handler);
        CallRules.ThrowIfNoQueue(queue);
        options ??= new();
        options.Validate();
        await _connection.ConnectedAsync(null, cancellationToken).ConfigureAwait(false);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        var consumer = new MemoryConsumer(_broker.Queues, this, queue, handler, options);
        _broker.Queues.Add(consumer);
        return consumer;
    }

    /// <summary>Cuts the connection: calls and requests of this client and requests that its workers run fail with
    /// <see cref="BrokerErrorCode.Internal"/>, what its consumers hold goes back, its subscriptions miss what is published and what
    /// is on its way, and its own calls wait for <see cref="Reconnect"/> as long as they may.</summary>
    /// <param name="reconnectAfter">When it connects again by itself, on the broker's clock; never where left out.</param>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void DisconnectNow(TimeSpan? reconnectAfter = null)
    {
        ThrowIfDisposed();
        _connection.Cut(reconnectAfter);
    }

    /// <summary>Cuts the connection by itself after a number of deliveries to this client: messages, tasks and events of answers.</summary>
    /// <param name="deliveries">How many still arrive, at least 1.</param>
    public void DisconnectAfter(int deliveries)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfLessThan(deliveries, 1);
        _connection.CutAfter(deliveries);
    }

    /// <summary>Connects again after <see cref="DisconnectNow"/>: subscriptions, workers and consumers are back at once. Does nothing
    /// while connected.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Reconnect()
    {
        ThrowIfDisposed();
        _connection.Connect();
    }

    /// <summary>Loses what goes over the connection, unnoticed, as a network does that drops packets: a message is missed; a call that
    /// does not reach the broker, or whose acknowledgement is lost, fails with <see cref="BrokerErrorCode.Timeout"/> after
    /// <see cref="InMemoryBrokerOptions.RequestTimeout"/>; in the second case it has taken effect.</summary>
    /// <param name="direction">Which way; <see cref="LinkDirection.None"/> heals.</param>
    public void Partition(LinkDirection direction)
    {
        ThrowIfDisposed();
        _connection.Partition(direction);
    }

    /// <summary>Keeps what goes over the connection until <see cref="Release"/>: deliveries to the client, its calls and their
    /// acknowledgements. What is kept is not in flight.</summary>
    /// <param name="direction">Which way, in place of what was held before; what was kept stays kept.</param>
    public void Hold(LinkDirection direction)
    {
        ThrowIfDisposed();
        _connection.Hold(direction);
    }

    /// <summary>Lets go, in order, what <see cref="Hold"/> kept, and holds nothing more.</summary>
    public void Release() => _connection.Release();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_connection.TryClose())
        {
            return;
        }

        _broker.Forget(this);
        _broker.Record(BrokerLogKind.Disconnected, Name);
        _connection.FailCalls(Closed());
        _broker.Work.FailRequestsOf(this, Closed());
        var consumers = _broker.Queues.ConsumersOf(this);
        var subscriptions = _broker.Topics.SubscriptionsOf(this);
        var workers = _broker.Work.WorkersOf(this);
        // All are told to stop before any is waited for: a handler may wait for another's end.
        foreach (var subscription in subscriptions)
        {
            subscription.Stop();
        }

        foreach (var worker in workers)
        {
            worker.Stop();
        }

        foreach (var consumer in consumers)
        {
            consumer.Stop();
        }

        foreach (var owned in subscriptions.Concat<IAsyncDisposable>(workers).Concat(consumers))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal ClientLink Link => _connection.Link;

    /// <summary>Cuts the connection where there is one, from within a delivery too.</summary>
    internal void Cut(TimeSpan? reconnectAfter) => _connection.Cut(reconnectAfter);

    /// <summary>Ends every fault of this connection.</summary>
    internal void Heal() => _connection.Heal();

    /// <summary>What is held here, on one line; null where nothing is.</summary>
    internal string? Describe() => Link.HeldArrivals.Count + Link.HeldCalls.Count > 0
        ? $"{Name} holds {Link.HeldArrivals.Count} deliveries and {Link.HeldCalls.Count} calls back"
        : null;

    /// <summary>The way of a call to the broker: where it is held it waits, where it is lost it times out.</summary>
    internal ValueTask EnterAsync(CancellationToken cancellationToken) => _connection.PassAsync(LinkDirection.ToBroker, cancellationToken);

    /// <summary>The way of an acknowledgement back.</summary>
    internal ValueTask LeaveAsync(CancellationToken cancellationToken) => _connection.PassAsync(LinkDirection.ToClient, cancellationToken);

    internal static BrokerException Closed() => new(BrokerErrorCode.Cancelled, "The client was disposed.");

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(State == BrokerConnectionState.Closed, this);

    private async IAsyncEnumerable<BrokerReply> AskAsync(
        string action,
        JsonPayload payload,
        RequestOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _connection.ConnectedAsync(options?.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
        if (BrokerActions.IsBuiltIn(action))
        {
            yield return OwnActions.Answer(action, _broker);
            yield break;
        }

        await EnterAsync(cancellationToken).ConfigureAwait(false);
        using var operation = BrokerTelemetry.StartRequest(action, _broker.Time);
        var request = Submit(action, payload, options, operation);
        try
        {
            while (await MoreAsync(request, operation, cancellationToken).ConfigureAwait(false))
            {
                while (request.Replies.TryRead(out var reply))
                {
                    yield return reply;
                }
            }
        }
        finally
        {
            request.Fail(new(BrokerErrorCode.Cancelled, "The caller stopped waiting."));
        }
    }

    private MemoryRequest Submit(string action, JsonPayload payload, RequestOptions? options, BrokerOperation? operation)
    {
        try
        {
            return _broker.Work.Submit(this, action, payload, options);
        }
        catch (BrokerException e)
        {
            operation?.Fail(e);
            throw;
        }
    }

    private static async ValueTask<bool> MoreAsync(MemoryRequest request, BrokerOperation? operation, CancellationToken cancellationToken)
    {
        try
        {
            return await request.Replies.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            operation?.Fail(e);
            throw;
        }
    }

    private async ValueTask PublishSlowlyAsync(string topic, JsonPayload payload, PublishOptions? options, CancellationToken cancellationToken)
    {
        await _connection.ConnectedAsync(options?.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _broker.Topics.Publish(this, topic, payload, options?.Headers ?? NoHeaders, cancellationToken).ConfigureAwait(false);
        await LeaveAsync(cancellationToken).ConfigureAwait(false);
    }
}
