using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Promethean.Broker;

/// <summary>A broker client over one WebSocket that is opened again when it is lost.</summary>
/// <remarks>
/// <para>The constructor opens nothing: the first call connects, and so does <see cref="ConnectAsync(CancellationToken)"/>. After a
/// loss the client connects again with growing, jittered delays. Where it is back within the broker's window it goes on as if
/// nothing had happened: no message and no answer is missing or comes twice, and calls in flight go on (<see cref="BrokerOptions.Resume"/>).</para>
/// <para>Beyond the window, or where the broker was restarted, subscriptions, workers and consumers are acknowledged anew before
/// <see cref="State"/> is <see cref="BrokerConnectionState.Connected"/>; what was published in between is missed
/// (<see cref="SubscribeOptions.OnGap"/> is told), what was enqueued is not, and a task that was held is given out again. A call that was in
/// flight fails with a transient <see cref="BrokerException"/> and is not sent again, since it may have been served. A call made while
/// there is no connection waits for one.</para>
/// <para>Handlers run on the thread pool, never on the loop that receives. A handler may dispose its own subscription, worker
/// or consumer, or the client; the disposal then does not wait for that handler.</para>
/// </remarks>
public sealed class WebSocketBrokerClient : IBrokerClient, IBrokerQueue, IBrokerEvents
{
    private static readonly PublishOptions PublishesPlainly = new();

    private readonly BrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BrokerLink _link;
    private readonly TopicRegistry _topics = new();
    private readonly WorkerRegistry _workers = new();
    private readonly ConsumerRegistry _consumers;
    private int _disposed;

    /// <summary>Makes a client that connects on first use.</summary>
    /// <param name="options">How it connects and waits.</param>
    /// <param name="timeProvider">The clock of delays and deadlines; the system's when left out.</param>
    /// <param name="logger">Where losses and failing handlers are written; nowhere when left out.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public WebSocketBrokerClient(BrokerOptions options, TimeProvider? timeProvider = null, ILogger<WebSocketBrokerClient>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        BrokerOptionsValidator.ThrowIfInvalid(options);
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<WebSocketBrokerClient>.Instance;
        _consumers = new(_logger);
        _link = new(options, this, RestoreAsync, _time, _logger);
    }

    /// <inheritdoc/>
    public BrokerConnectionState State => _link.State.State;

    /// <summary>Makes a client and waits for its first connection.</summary>
    /// <param name="options">How it connects and waits; <see cref="BrokerOptions.DisconnectedTimeout"/> bounds this wait too.</param>
    /// <param name="timeProvider">The clock of delays and deadlines; the system's when left out.</param>
    /// <param name="logger">Where losses and failing handlers are written; nowhere when left out.</param>
    /// <param name="cancellationToken">Stops waiting and disposes the client.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.Timeout"/> when no connection came in time,
    /// <see cref="BrokerErrorCode.Unauthorized"/> when the broker does not accept the token.</exception>
    public static async ValueTask<WebSocketBrokerClient> ConnectAsync(
        BrokerOptions options,
        TimeProvider? timeProvider = null,
        ILogger<WebSocketBrokerClient>? logger = null,
        CancellationToken cancellationToken = default)
    {
        var client = new WebSocketBrokerClient(options, timeProvider, logger);
        try
        {
            await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Connects now instead of on first use, and waits until connected.</summary>
    /// <param name="cancellationToken">Stops waiting; the client goes on trying.</param>
    /// <exception cref="BrokerException">As for <see cref="ConnectAsync(BrokerOptions, TimeProvider?, ILogger{WebSocketBrokerClient}?, CancellationToken)"/>.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default) =>
        await _link.GetConnectionAsync(null, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _link.State.WatchAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CallRules.ThrowIfNoTopic(topic);

        options ??= PublishesPlainly;
        using var operation = BrokerTelemetry.StartPublish(topic, _time);
        try
        {
            var connection = await _link.GetConnectionAsync(options.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
            var id = connection.NextId();
            var frame = ClientFrames.Publish(id, topic, payload, BrokerTelemetry.WithTrace(options.Headers));
            await connection.AskAsync(id, frame, $"the message to '{topic}'", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            operation?.Fail(e);
            throw;
        }
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

        var connection = await _link.GetConnectionAsync(null, cancellationToken).ConfigureAwait(false);
        var subscription = new TopicSubscription(pattern, handler, options, ended => _topics.RemoveAsync(ended, _link.Current), _time, _logger);
        try
        {
            await _topics.AddAsync(subscription, connection, cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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

        return RequestCoreAsync(action, payload, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerWorker> ServeAsync(
        IReadOnlyCollection<string> actions,
        BrokerActionHandler handler,
        ServeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= new();
        CallRules.ThrowIfNotServable(actions, options);

        var connection = await _link.GetConnectionAsync(null, cancellationToken).ConfigureAwait(false);
        var worker = new ActionWorker(
            _workers.NextName(), [.. actions], handler, options, ended => _workers.RemoveAsync(ended, _link.Current), _time, _logger);
        try
        {
            await _workers.AddAsync(worker, connection, cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<EnqueueResult> EnqueueAsync(
        string queue, JsonPayload payload, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CallRules.ThrowIfNoQueue(queue);
        options ??= new();
        options.Validate();
        using var operation = BrokerTelemetry.StartEnqueue(queue, _time);
        try
        {
            var connection = await _link.GetConnectionAsync(options.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
            var id = connection.NextId();
            var frame = ClientFrames.Enqueue(id, queue, payload, options, BrokerTelemetry.WithTrace(options.Headers));
            var answer = await connection.AskForAsync(id, frame, $"the task for '{queue}'", cancellationToken).ConfigureAwait(false);
            return EnvelopeReader.ReadEnqueued(answer);
        }
        catch (BrokerException e)
        {
            operation?.Fail(e);
            throw;
        }
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
        var connection = await _link.GetConnectionAsync(null, cancellationToken).ConfigureAwait(false);
        var consumer = new QueueConsumer(
            _consumers.NextName(), queue, handler, options, ended => _consumers.RemoveAsync(ended, _link.Current), _time, _logger);
        try
        {
            await _consumers.AddAsync(consumer, connection, cancellationToken).ConfigureAwait(false);
            return consumer;
        }
        catch
        {
            await consumer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _link.StopAsync().ConfigureAwait(false);
        var subscriptions = _topics.All;
        var workers = _workers.All.ToList();
        var consumers = _consumers.All.ToList();
        // All are told to stop before any is waited for.
        await Task.WhenAll(
        [
            .. subscriptions.Select(one => one.StopAsync()), .. workers.Select(one => one.StopAsync()), .. consumers.Select(one => one.StopAsync()),
        ]).ConfigureAwait(false);
        foreach (var owned in subscriptions.Concat<IAsyncDisposable>(workers).Concat(consumers))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }

        _topics.Dispose();
        _link.Dispose();
    }

    void IBrokerEvents.OnMessage(BrokerMessage message) => _topics.Deliver(message);

    void IBrokerEvents.OnGap(BrokerGap gap) => _topics.Tell(gap);

    Task IBrokerEvents.WaitForRoomAsync() => _topics.WaitForRoomAsync();

    void IBrokerEvents.OnTaskAssigned(BrokerConnection connection, TaskAssignment task) => _workers.Assign(connection, task);

    void IBrokerEvents.OnQueueTaskAssigned(BrokerConnection connection, QueueAssignment task) => _consumers.Assign(connection, task);

    void IBrokerEvents.OnTaskCancelled(string taskId) => _workers.Cancel(taskId);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    private Task RestoreAsync(BrokerConnection connection, CancellationToken cancellationToken) => Task.WhenAll(
        _topics.RestoreAsync(connection, cancellationToken),
        _workers.RestoreAsync(connection, cancellationToken),
        _consumers.RestoreAsync(connection, cancellationToken));

    private async IAsyncEnumerable<BrokerReply> RequestCoreAsync(
        string action,
        JsonPayload payload,
        RequestOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        var started = _time.GetTimestamp();
        var timeout = options.Timeout ?? _options.RequestTimeout;
        using var operation = BrokerTelemetry.StartRequest(action, _time);
        using var late = new CancellationTokenSource(timeout, _time);
        using var linked = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token) : null;
        var either = linked?.Token ?? late.Token;
        var wait = new RequestWait(action, timeout, operation, cancellationToken);
        var connection = await wait.ForAsync(_link.GetConnectionAsync(options.DisconnectedTimeout, either)).ConfigureAwait(false);
        var id = connection.NextId();
        var call = new StreamedCall(_options.MaxPendingReplies);
        try
        {
            var left = timeout - _time.GetElapsedTime(started);
            var frame = ClientFrames.Request(id, action, payload, left, options.Priority, BrokerTelemetry.CurrentTraceParent);
            await wait.ForAsync(connection.RequestAsync(id, call, frame, either)).ConfigureAwait(false);
            while (await wait.ForAsync(call.Replies.WaitToReadAsync(either)).ConfigureAwait(false))
            {
                while (call.Replies.TryRead(out var reply))
                {
                    yield return reply;
                    if (reply.IsFinal)
                    {
                        // A token that was cancelled meanwhile no longer matters.
                        yield break;
                    }
                }
            }
        }
        finally
        {
            connection.Abandon(id, call);
        }
    }
}
