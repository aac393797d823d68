using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>The connection: opened on first use, waited for while it is away, ready once everything has been announced on it.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    // What a disposal waits for a Redis that gives no sign of life.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly RedisBrokerOptions _options;
    private readonly ConfigurationOptions _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<IDatabase> _ready = NewWait<IDatabase>();
    private TaskCompletionSource<string> _lost = NewWait<string>();
    private volatile IDatabase? _current;
    private volatile BrokerException? _failure;
    private IConnectionMultiplexer? _multiplexer;
    private Task? _running;

    public RedisLink(RedisBrokerOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _configuration = options.Multiplexer is null ? RedisAddress.Read(options.Configuration) : new();
        // The first attempts are this class's own, so that it knows why they fail.
        _configuration.AbortOnConnectFail = true;
        _configuration.ConnectRetry = 1;
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _configuration.AsyncTimeout = (int)Math.Clamp(options.CallTimeout.TotalMilliseconds * 2, 1, int.MaxValue);
        _configuration.ReconnectRetryPolicy = new LinearRetry((int)options.ReconnectDelay.TotalMilliseconds);
        _configuration.HeartbeatInterval = options.ReconnectDelay < TimeSpan.FromSeconds(1) ? options.ReconnectDelay : TimeSpan.FromSeconds(1);
        Database = options.Database ?? options.Multiplexer?.GetDatabase().Database ?? _configuration.DefaultDatabase ?? 0;
        Address = options.Multiplexer is null ? string.Join(',', _configuration.EndPoints) : "a shared connection";
    }

    public int Database { get; }

    /// <summary>Where it is, without what lets one in.</summary>
    public string Address { get; }

    public StateFeed State { get; } = new();

    /// <summary>The connection where it is ready now.</summary>
    public IDatabase? Current => _current;

    /// <summary>Ends when the client is disposed.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Ends when the client is disposed and Redis does not answer, so that nothing more is to be waited for.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Called on a new connection before anything is subscribed, once.</summary>
    public Func<ISubscriber, Task> Opened { get; set; } = _ => Task.CompletedTask;

    /// <summary>Channels that must be subscribed before a connection is ready.</summary>
    public Func<IEnumerable<RedisChannel>> Channels { get; set; } = () => [];

    /// <summary>Announces what lives here on a connection that was made anew.</summary>
    public Func<IDatabase, Task> Restore { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when a connection has been lost.</summary>
    public Action<string> Lost { get; set; } = _ => { };

    /// <summary>The connection, now or once there is one.</summary>
    /// <param name="timeout">How long to wait; the options' <see cref="RedisBrokerOptions.DisconnectedTimeout"/> when left out.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<IDatabase> GetAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _current is { } current ? new(current) : new(WaitAsync(timeout ?? _options.DisconnectedTimeout, cancellationToken));
    }

    public async Task<ISubscriber> GetSubscriberAsync(CancellationToken cancellationToken)
    {
        await GetAsync(null, cancellationToken).ConfigureAwait(false);
        return _multiplexer!.GetSubscriber();
    }

    /// <summary>Gives a command, waits for its answer, and says its errors in the broker's codes.</summary>
    /// <remarks>What nobody else may cancel, the client's end does.</remarks>
    public async Task<T> AskAsync<T>(Func<Task<T>> command, string what, CancellationToken cancellationToken = default)
    {
        try
        {
            var ended = cancellationToken.CanBeCanceled ? cancellationToken : Cut;
            return await command().WaitAsync(_options.CallTimeout, _time, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Disposed(what, e);
        }
        catch (Exception e) when (_stop.IsCancellationRequested && RedisErrors.Translate(e, what) is not null)
        {
            throw Disposed(what, e);
        }
        catch (Exception e) when (RedisErrors.Translate(e, what) is { } translated)
        {
            throw translated;
        }
    }

    public Task<RedisResult> EvaluateAsync(
        IDatabase database, string script, RedisKey[] keys, RedisValue[] arguments, string what, CancellationToken cancellationToken = default) =>
        AskAsync(() => database.ScriptEvaluateAsync(script, keys, arguments), what, cancellationToken);

    /// <summary>Looks whether the connection is lost after all; one that was taken away, as a shared one may be, tells nobody.</summary>
    public void Doubt()
    {
        if (_multiplexer is { IsConnected: false })
        {
            _lost.TrySetResult("It is closed.");
        }
    }

    /// <summary>The client is about to be disposed: where Redis gives no sign of life now, nobody waits for it any more.</summary>
    public async Task BeginToLeaveAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(Patience, _time);
            var database = _current ?? await EverReadyAsync(late.Token).ConfigureAwait(false);
            await database.PingAsync().WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException or BrokerException)
        {
            await CutAsync().ConfigureAwait(false);
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task? running;
        lock (_lock)
        {
            _ready.TrySetException(Disposed("the call", null));
            _ = _ready.Task.Exception;
            running = _running;
        }

        if (running is not null)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _current = null;
        State.Set(BrokerConnectionState.Closed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer)
        {
            multiplexer.ConnectionFailed -= OnFailed;
            if (_options.Multiplexer is null)
            {
                await multiplexer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private Task<IDatabase> EverReadyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Where there never was a connection, there is nothing to take leave of.
            return _multiplexer is null ? Task.FromCanceled<IDatabase>(new(canceled: true)) : _ready.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task CutAsync()
    {
        lock (_lock)
        {
            _ready.TrySetException(Disposed("the call", null));
            _ = _ready.Task.Exception;
        }

        await _cut.CancelAsync().ConfigureAwait(false);
        if (_options.Multiplexer is null && _multiplexer is { } multiplexer)
        {
            // Without a word: it would wait for the answer.
            await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource<T> NewWait<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static BrokerException Disposed(string what, Exception? inner) =>
        new(BrokerErrorCode.Cancelled, $"The client was disposed before {what} was answered.", innerException: inner);

    private async Task<IDatabase> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task<IDatabase> ready;
        lock (_lock)
        {
            _running ??= Task.Run(RunAsync, CancellationToken.None);
            ready = _ready.Task;
        }

        try
        {
            return await ready.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BrokerException(
                BrokerErrorCode.Timeout, $"There was no connection to Redis at {Address} within {timeout}. {_failure?.Message ?? RedisErrors.NobodyThere}", innerException: _failure);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            State.Set(BrokerConnectionState.Connecting);
            var multiplexer = _multiplexer = await OpenAsync().ConfigureAwait(false);
            multiplexer.ConnectionFailed += OnFailed;
            var reconnecting = false;
            while (true)
            {
                await BecomeReadyAsync(multiplexer, reconnecting).ConfigureAwait(false);
                var reason = await _lost.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
                _current = null;
                reconnecting = true;
                WaitAnew(null);
                State.Set(BrokerConnectionState.Connecting);
                Log.ConnectionLost(_logger, Address, reason);
                Lost(reason);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client is disposed.
        }
    }

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        while (_options.Multiplexer is null)
        {
            try
            {
                return await ConnectAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (RedisErrors.Translate(e, "the connection attempt") is { } failure)
            {
                State.Set(BrokerConnectionState.Disconnected);
                await FailAsync(failure).ConfigureAwait(false);
                State.Set(BrokerConnectionState.Connecting);
            }
        }

        return _options.Multiplexer;
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var connecting = ConnectionMultiplexer.ConnectAsync(_configuration);
        try
        {
            return await connecting.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A connection that is made after the client was disposed is nobody's.
            _ = connecting.ContinueWith(
                made => made.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private async Task BecomeReadyAsync(IConnectionMultiplexer multiplexer, bool reconnecting)
    {
        var subscriber = multiplexer.GetSubscriber();
        for (var opened = reconnecting; ;)
        {
            _lost = NewWait<string>();
            try
            {
                await UntilAsync(() => multiplexer.IsConnected).ConfigureAwait(false);
                if (!opened)
                {
                    await Opened(subscriber).ConfigureAwait(false);
                    opened = true;
                }

                await UntilAsync(() => multiplexer.IsConnected && Channels().All(channel => subscriber.SubscribedEndpoint(channel) is not null)).ConfigureAwait(false);
                var database = multiplexer.GetDatabase(Database);
                await Restore(database).ConfigureAwait(false);
                _failure = null;
                _current = database;
                State.Set(BrokerConnectionState.Connected);
                _ready.TrySetResult(database);
                Log.Connected(_logger, Address);
                if (reconnecting)
                {
                    BrokerTelemetry.CountReconnect();
                }

                return;
            }
            catch (Exception e) when ((e as BrokerException ?? RedisErrors.Translate(e, "the connection attempt")) is { } failure)
            {
                await FailAsync(failure).ConfigureAwait(false);
            }
        }
    }

    private async Task FailAsync(BrokerException failure)
    {
        _failure = failure;
        Log.ConnectFailed(_logger, Address, failure.Message);
        if (RedisErrors.IsRefusal(failure))
        {
            // Waiting would not help those who wait; the next attempt may find other rights.
            WaitAnew(failure);
        }

        await Task.Delay(_options.ReconnectDelay, _time, _stop.Token).ConfigureAwait(false);
    }

    private void WaitAnew(BrokerException? failure)
    {
        lock (_lock)
        {
            if (failure is not null)
            {
                _ready.TrySetException(failure);
                _ = _ready.Task.Exception;
            }

            if (!_stop.IsCancellationRequested)
            {
                _ready = NewWait<IDatabase>();
            }
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(Poll, _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failed)
    {
        _failure = failed.Exception is null ? null : RedisErrors.Translate(failed.Exception, "the call");
        _lost.TrySetResult($"{failed.FailureType}.");
    }
}
