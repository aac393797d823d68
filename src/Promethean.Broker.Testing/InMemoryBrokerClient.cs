using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing;

/// <summary>A client of an <see cref="InMemoryBroker"/>, which a test can also cut off.</summary>
/// <remarks>Disposal waits for the handlers of its subscriptions and workers that run, unless one of them disposes it.</remarks>
public sealed class InMemoryBrokerClient : IBrokerClient
{
    private readonly InMemoryBroker _broker;
    private readonly StateFeed _state = new();

    internal InMemoryBrokerClient(InMemoryBroker broker, string name)
    {
        _broker = broker;
        Name = name;
    }

    /// <summary>The name under which the broker's log knows it.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public BrokerConnectionState State => _state.State;

    /// <inheritdoc/>
    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _state.WatchAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        if (!BrokerTopic.IsValid(topic))
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"'{topic}' is not a topic: dot-separated segments of letters, digits, '-' and '_'.");
        }

        await ConnectedAsync(options?.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
        _broker.Topics.Publish(topic, payload, options?.Headers ?? new Dictionary<string, string>());
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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1);
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"'{pattern}' is not a topic or pattern: '*' stands for a segment, '>' for the last ones.");
        }

        await ConnectedAsync(null, cancellationToken).ConfigureAwait(false);
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
        if (!BrokerActions.IsValid(action))
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"'{action}' is not an action: dot-separated segments of letters, digits, '-' and '_'.");
        }

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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1);
        if (actions.Count == 0 || actions.Any(action => !BrokerActions.IsValid(action) || BrokerActions.IsBuiltIn(action)))
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"A worker serves one or more actions that are not the broker's own; not [{string.Join(", ", actions)}].");
        }

        await ConnectedAsync(null, cancellationToken).ConfigureAwait(false);
        var worker = new MemoryWorker(_broker.Work, this, actions, handler, options);
        _broker.Work.Add(worker);
        return worker;
    }

    /// <summary>Cuts the connection: requests of this client and requests that its workers run fail with
    /// <see cref="BrokerErrorCode.Internal"/>, its subscriptions miss what is published, and its own calls wait for
    /// <see cref="Reconnect"/> as long as they may.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void DisconnectNow()
    {
        ThrowIfDisposed();
        if (_state.TrySet(BrokerConnectionState.Disconnected))
        {
            _broker.Record(BrokerLogKind.Disconnected, Name);
            Abandon(new(BrokerErrorCode.Internal, "The connection to the broker was lost."));
        }
    }

    /// <summary>Connects again after <see cref="DisconnectNow"/>: subscriptions and workers are back at once. Does nothing while
    /// connected.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Reconnect()
    {
        ThrowIfDisposed();
        if (State == BrokerConnectionState.Disconnected && _state.TrySet(BrokerConnectionState.Connecting) && _state.TrySet(BrokerConnectionState.Connected))
        {
            _broker.Record(BrokerLogKind.Connected, Name);
            foreach (var worker in _broker.Work.WorkersOf(this))
            {
                _broker.Work.Feed(worker);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_state.TrySet(BrokerConnectionState.Closed))
        {
            return;
        }

        _broker.Forget(this);
        _broker.Record(BrokerLogKind.Disconnected, Name);
        _broker.Work.FailRequestsOf(this, Closed());
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

        foreach (var owned in subscriptions.Concat<IAsyncDisposable>(workers))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(State == BrokerConnectionState.Closed, this);

    private static BrokerException Closed() => new(BrokerErrorCode.Cancelled, "The client was disposed.");

    private async IAsyncEnumerable<BrokerReply> AskAsync(
        string action,
        JsonPayload payload,
        RequestOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ConnectedAsync(options?.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
        if (BrokerActions.IsBuiltIn(action))
        {
            yield return OwnActions.Answer(action, _broker);
            yield break;
        }

        var request = _broker.Work.Submit(this, action, payload, options);
        try
        {
            await foreach (var reply in request.Replies.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return reply;
            }
        }
        finally
        {
            request.Fail(new(BrokerErrorCode.Cancelled, "The caller stopped waiting."));
        }
    }

    private async ValueTask ConnectedAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (State == BrokerConnectionState.Connected)
        {
            return;
        }

        var wait = timeout ?? _broker.Options.DisconnectedTimeout;
        try
        {
            var settled = wait == TimeSpan.Zero ? State : await _state.SettledAsync(cancellationToken).WaitAsync(wait, _broker.Time, cancellationToken).ConfigureAwait(false);
            if (settled == BrokerConnectionState.Closed)
            {
                throw Closed();
            }

            if (settled == BrokerConnectionState.Connected)
            {
                return;
            }
        }
        catch (TimeoutException)
        {
            // Said below.
        }

        throw new BrokerException(BrokerErrorCode.Timeout, $"No connection to the broker came within {wait}.");
    }

    private void Abandon(BrokerException error)
    {
        _broker.Work.FailRequestsOf(this, error);
        foreach (var worker in _broker.Work.WorkersOf(this))
        {
            worker.Interrupt(error);
        }

        _broker.Work.FailUnserved();
    }

}
