using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>A broker client for which a Redis server is the broker: the clients of one prefix and database act as one.</summary>
/// <remarks>
/// <para>The constructor opens nothing: the first call connects, and so does <see cref="ConnectAsync(CancellationToken)"/>. After a
/// loss the connection is made again; subscriptions, workers and consumers are announced anew before <see cref="State"/> is
/// <see cref="BrokerConnectionState.Connected"/>. What was published in between is missed; what was enqueued is not.</para>
/// <para>A call made while there is no connection waits for one. A call in flight when the connection is lost fails with a
/// transient <see cref="BrokerException"/> and is not sent again, since it may have been served. A request whose worker's process
/// died fails the same way within <see cref="RedisBrokerOptions.PresenceTimeout"/> and two
/// <see cref="RedisBrokerOptions.PresenceInterval"/>; a task whose consumer's process died is given out again in that time.</para>
/// <para>Publishers are not slowed by <see cref="BrokerOverflow.Wait"/>: Redis does not wait for subscribers, so only the message
/// waits, for as long as it may.</para>
/// <para>Handlers run on the thread pool, never on the loop that receives. A handler may dispose its own subscription, worker
/// or consumer, or the client; the disposal then does not wait for that handler.</para>
/// </remarks>
public sealed class RedisBrokerClient : IBrokerClient, IBrokerQueue
{
    private readonly RedisBrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly Inbox _inbox;
    private readonly TopicFeeds _topics;
    private readonly WorkDesk _work;
    private readonly QueueDesk _queues;
    private readonly OwnActions _own;
    private Task _beating = Task.CompletedTask;
    private long _lastMessage;
    private int _disposed;

    /// <summary>Makes a client that connects on first use.</summary>
    /// <param name="options">Where Redis is, and how the client waits.</param>
    /// <param name="timeProvider">The clock of delays and deadlines; the system's when left out. Leases and delays of tasks go by
    /// the clock of Redis.</param>
    /// <param name="logger">Where losses and failing handlers are written; nowhere when left out.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public RedisBrokerClient(RedisBrokerOptions options, TimeProvider? timeProvider = null, ILogger<RedisBrokerClient>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        RedisBrokerOptionsValidator.ThrowIfInvalid(options);
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RedisBrokerClient>.Instance;
        _link = new(options, _time, _logger) { Opened = OpenedAsync, Channels = Channels, Restore = RestoreAsync, Lost = OnLost };
        _keys = new(options.Prefix, _link.Database, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        _inbox = new(_keys.Inbox, Take, _logger);
        _topics = new(_link, _keys, _logger);
        _work = new(_link, _keys, options, _logger);
        _queues = new(_link, _keys, options, _time, _logger);
        _own = new(_link, _work, _topics, _queues, _time);
    }

    /// <inheritdoc/>
    public BrokerConnectionState State => _link.State.State;

    /// <summary>Makes a client and waits for its first connection.</summary>
    /// <param name="options">Where Redis is; <see cref="RedisBrokerOptions.DisconnectedTimeout"/> bounds this wait too.</param>
    /// <param name="timeProvider">The clock of delays and deadlines; the system's when left out.</param>
    /// <param name="logger">Where losses and failing handlers are written; nowhere when left out.</param>
    /// <param name="cancellationToken">Stops waiting and disposes the client.</param>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.Timeout"/> when no connection came in time,
    /// <see cref="BrokerErrorCode.Unauthorized"/> when Redis does not accept the user or the password.</exception>
    public static async ValueTask<RedisBrokerClient> ConnectAsync(
        RedisBrokerOptions options,
        TimeProvider? timeProvider = null,
        ILogger<RedisBrokerClient>? logger = null,
        CancellationToken cancellationToken = default)
    {
        var client = new RedisBrokerClient(options, timeProvider, logger);
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
    /// <exception cref="BrokerException">As for <see cref="ConnectAsync(RedisBrokerOptions, TimeProvider?, ILogger{RedisBrokerClient}?, CancellationToken)"/>.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await _link.GetAsync(null, cancellationToken).ConfigureAwait(false);
    }

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

        options ??= new();
        using var operation = BrokerTelemetry.StartPublish(topic, _time);
        try
        {
            var database = await _link.GetAsync(options.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
            var id = string.Create(CultureInfo.InvariantCulture, $"{_keys.Client}-{Interlocked.Increment(ref _lastMessage):x}");
            var message = Envelope.Message(id, topic, _time.GetUtcNow(), payload, BrokerTelemetry.WithTrace(options.Headers));
            ThrowIfTooLarge(message.Length, $"The message to '{topic}'");
            await _link.AskAsync(() => database.PublishAsync(_keys.Topic(topic), message), $"the message to '{topic}'", cancellationToken).ConfigureAwait(false);
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

        var subscription = new TopicSubscription(pattern, handler, options, _topics.RemoveAsync, _time, _logger);
        try
        {
            await _topics.AddAsync(subscription, cancellationToken).ConfigureAwait(false);
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

        var worker = new ActionWorker(_work.NextWorker(), [.. actions], handler, options, _work.RemoveAsync, _time, _logger);
        try
        {
            await _work.AddAsync(worker, cancellationToken).ConfigureAwait(false);
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
            var database = await _link.GetAsync(options.DisconnectedTimeout, cancellationToken).ConfigureAwait(false);
            var headers = JsonHeaders.ToUtf8(BrokerTelemetry.WithTrace(options.Headers));
            ThrowIfTooLarge(payload.Utf8.Length + headers.Length, $"The task for '{queue}'");
            return await _queues.EnqueueAsync(database, queue, payload, options, headers, cancellationToken).ConfigureAwait(false);
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
        var consumer = new QueueConsumer(_queues.NextConsumer(), queue, handler, options, _queues.RemoveAsync, _time, _logger);
        try
        {
            await _queues.AddAsync(consumer, cancellationToken).ConfigureAwait(false);
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

        var leaving = _link.BeginToLeaveAsync();
        // While the connection still stands, so that others hear of it at once.
        _work.FailAll(new(BrokerErrorCode.Cancelled, "The client was disposed."));
        await Task.WhenAll(_topics.All.Select(one => one.StopAsync())).ConfigureAwait(false);
        List<IAsyncDisposable> owned = [.. _topics.All, .. _work.Workers, .. _queues.Consumers];
        await Task.WhenAll([_work.CancelAllAsync(), .. owned.Select(one => one.DisposeAsync().AsTask())]).ConfigureAwait(false);
        await _queues.ReturnAllAsync().ConfigureAwait(false);
        await leaving.ConfigureAwait(false);
        await _link.StopAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _inbox.CloseAsync().ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
        _queues.Dispose();
        _topics.Dispose();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    private void ThrowIfTooLarge(int length, string what)
    {
        if (length > _options.MaxMessageBytes)
        {
            throw new BrokerException(
                BrokerErrorCode.TooLarge, $"{what} has {length} bytes; at most {_options.MaxMessageBytes} may be sent (RedisBrokerOptions.MaxMessageBytes).");
        }
    }

    private IEnumerable<RedisChannel> Channels() => [_inbox.Channel, .. _topics.Channels];

    private async Task OpenedAsync(ISubscriber subscriber)
    {
        await _inbox.OpenAsync(subscriber).ConfigureAwait(false);
        _beating = Task.Run(BeatForeverAsync);
    }

    private void OnLost(string reason)
    {
        _topics.BeginGap();
        _work.FailAll(new(
            BrokerErrorCode.Internal, "The connection to Redis was lost before the request was answered; it may have had effects.", TimeSpan.Zero));
    }

    private Task RestoreAsync(IDatabase database)
    {
        _topics.TellGap();
        return BeatAsync(database);
    }

    private void Take(InboxNote note)
    {
        if (note.Kind is 'T' or 'D' or 'L')
        {
            _queues.Take(note);
        }
        else
        {
            _work.Take(note);
        }
    }

    private Task BeatAsync(IDatabase database) => Task.WhenAll(_work.BeatAsync(database), _queues.BeatAsync(database));

    private async Task BeatForeverAsync()
    {
        while (true)
        {
            await Task.Delay(_options.PresenceInterval, _time, _link.Stopped).ConfigureAwait(false);
            if (_link.Current is { } database && !(_work.IsIdle && _queues.IsIdle))
            {
                try
                {
                    await BeatAsync(database).ConfigureAwait(false);
                }
                catch (BrokerException e)
                {
                    Log.BeatFailed(_logger, e.Message);
                    _link.Doubt();
                }
            }
        }
    }

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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var wait = new RequestWait(action, timeout, operation, cancellationToken);
        var database = await wait.ForAsync(_link.GetAsync(options.DisconnectedTimeout, either.Token)).ConfigureAwait(false);
        if (BrokerActions.IsBuiltIn(action))
        {
            yield return await wait.ForAsync(_own.AnswerAsync(database, action, either.Token)).ConfigureAwait(false);
            yield break;
        }

        ThrowIfTooLarge(payload.Utf8.Length, $"The request for '{action}'");
        var request = _work.Open(action);
        try
        {
            var left = timeout - _time.GetElapsedTime(started);
            await wait.ForAsync(_work.SubmitAsync(database, request, action, payload, options.Priority, left, either.Token)).ConfigureAwait(false);
            while (await wait.ForAsync(request.Replies.WaitToReadAsync(either.Token)).ConfigureAwait(false))
            {
                while (request.Replies.TryRead(out var reply))
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
            _work.Abandon(request);
        }
    }
}
