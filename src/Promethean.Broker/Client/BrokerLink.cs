using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>Keeps one connection open: connects, restores what was registered, and does so again after a loss.</summary>
/// <remarks>Nothing happens before <see cref="Start"/>. The state is <see cref="BrokerConnectionState.Connected"/> only after
/// <paramref name="restore"/> has completed on the new connection.</remarks>
internal sealed class BrokerLink(
    BrokerOptions options,
    IBrokerEvents events,
    Func<BrokerConnection, CancellationToken, Task> restore,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private static readonly ConnectionLoss Disposal = new(BrokerErrorCode.Cancelled, "The client was disposed.");

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BrokerConnector _connector = options.Connector ?? new SocketConnector(options).ConnectAsync;
    private readonly Uri[] _urls = [options.Url, .. options.FallbackUrls];
    private readonly ReconnectDelays _delays = new(
        options.ReconnectDelay,
        options.MaxReconnectDelay,
        new Random(options.Seed != 0 ? options.Seed : HashCode.Combine(Environment.ProcessId, time.GetTimestamp())));

    private TaskCompletionSource<BrokerConnection> _next = NewPromise();
    private BrokerConnection? _kept;
    private ITimer? _expiry;
    private Exception? _lastFailure;
    private Task? _running;
    private bool _wasConnected;
    private bool _stopped;

    // Changed by the one loop that connects; whoever reads it for a message may be a step behind.
    private int _at;
    private int _failed;

    public StateFeed State { get; } = new();

    /// <summary>Where it is connected, or tries next.</summary>
    private Uri Url => _urls[_at];

    /// <summary>The connection in use, or the one that waits for another socket; null while there is neither.</summary>
    public BrokerConnection? Current
    {
        get
        {
            lock (_lock)
            {
                return _kept is { Closing.IsCompleted: false } kept ? kept : null;
            }
        }
    }

    /// <summary>Begins to connect, once.</summary>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopped, typeof(WebSocketBrokerClient));
            _running ??= Task.Run(RunAsync);
        }
    }

    /// <summary>The connection, once there is one.</summary>
    /// <exception cref="BrokerException">There was none in time, or the broker refuses this client.</exception>
    public async ValueTask<BrokerConnection> GetConnectionAsync(TimeSpan? patience, CancellationToken cancellationToken)
    {
        Start();
        var next = Promise().Task;
        if (next.IsCompletedSuccessfully)
        {
            return await next.ConfigureAwait(false);
        }

        var wait = patience ?? options.DisconnectedTimeout;
        try
        {
            return await next.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var failure = Volatile.Read(ref _lastFailure);
            throw new BrokerException(
                BrokerErrorCode.Timeout,
                $"No connection to the broker at {Url} within {wait}{(failure is null ? "." : $"; the last attempt failed: {failure.Message}")}",
                innerException: failure);
        }
    }

    /// <summary>Ends the connection and makes no other; calls that wait fail as cancelled.</summary>
    public async Task StopAsync()
    {
        Task? running;
        lock (_lock)
        {
            _stopped = true;
            running = _running;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        State.Set(BrokerConnectionState.Closed);
        if (Current is { } connection)
        {
            await connection.CloseAsync(Disposal).ConfigureAwait(false);
        }

        Promise().TrySetException(Disposal.ToException());
        await (running ?? Task.CompletedTask).ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();

    private static TaskCompletionSource<BrokerConnection> NewPromise()
    {
        var promise = new TaskCompletionSource<BrokerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        // It may fail with nobody waiting.
        _ = promise.Task.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return promise;
    }

    private TaskCompletionSource<BrokerConnection> Promise()
    {
        lock (_lock)
        {
            return _next;
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            State.Set(BrokerConnectionState.Connecting);
            try
            {
                await ConnectOnceAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                Volatile.Write(ref _lastFailure, e);
                Log.ConnectFailed(logger, Url, e.Message);
                TellRefusal(e);
                if (IsAnotherUntried())
                {
                    State.Set(BrokerConnectionState.Disconnected);
                    continue;
                }
            }
            catch (Exception e)
            {
                // A disposal ends whatever was under way, in whatever way it ends.
                Log.ConnectAbandoned(logger, Url, e);
                break;
            }

            State.Set(BrokerConnectionState.Disconnected);
            await Task.Delay(_delays.Next(), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DropAsync(Disposal).ConfigureAwait(false);
    }

    /// <summary>Goes on to the next address; false where all have failed in turn, so that it is time to wait.</summary>
    private bool IsAnotherUntried()
    {
        _at = (_at + 1) % _urls.Length;
        return ++_failed % _urls.Length != 0;
    }

    private async Task ConnectOnceAsync()
    {
        using var late = new CancellationTokenSource(options.ConnectTimeout, time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stop.Token);
        using var tooLateToResume = new CancellationTokenSource(DialTimeout(), time);
        using var dial = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token, tooLateToResume.Token);
        using var socket = await _connector(Announce(Url), options.Token, dial.Token).ConfigureAwait(false);
        using var reader = new SocketMessageReader(socket, options.MaxFrameBytes);
        var kept = Current;
        var (greeting, first) = options.Resume
            ? await SessionHandshake.ShakeAsync(socket, reader, kept, dial.Token).ConfigureAwait(false)
            : (SessionGreeting.None, (SocketMessage?)null);
        var isResumed = greeting.IsResumed && kept?.TryResume(greeting.Received) == true;
        if (greeting.IsResumed && !isResumed)
        {
            // The two count differently, so neither knows what the other has: the next attempt begins anew.
            await DropAsync(Loss(null)).ConfigureAwait(false);
            throw new WebSocketException("The broker goes on with a session by a count that cannot be.");
        }

        var connection = isResumed ? kept! : await BeginAsync(greeting).ConfigureAwait(false);
        using var running = new ConnectionSocket(socket, reader, connection, events, time);
        var life = running.RunAsync(first);
        var loss = Loss(null);
        var isLost = false;
        try
        {
            if (!isResumed)
            {
                await RestoreAsync(connection, life, attempt.Token).ConfigureAwait(false);
            }

            // The attempt is over: neither its time limit nor its token may reach into the connection's life.
            dial.Dispose();
            tooLateToResume.Dispose();
            attempt.Dispose();
            late.Dispose();
            Opened(connection, isResumed);
            loss = Loss(await life.ConfigureAwait(false));
            isLost = !running.IsFinal;
            if (!_stop.IsCancellationRequested)
            {
                Log.ConnectionLost(logger, Url, loss.Cause?.Message ?? "the broker closed it.");
            }
        }
        finally
        {
            Lost(connection);
            if (isLost && connection.Session is not null && !_stop.IsCancellationRequested)
            {
                Keep(connection, loss);
            }
            else
            {
                await DropAsync(_stop.IsCancellationRequested ? Disposal : loss).ConfigureAwait(false);
            }

            await life.ConfigureAwait(false);
        }
    }

    /// <summary>How long it may take to reach the broker: where there is a session to go on with, so long that an attempt which is lost
    /// on the way leaves time for another.</summary>
    private TimeSpan DialTimeout() =>
        Current is { Session: not null } kept && kept.Window / 2 < options.ConnectTimeout ? kept.Window / 2 : options.ConnectTimeout;

    private ConnectionLoss Loss(Exception? cause) =>
        new(BrokerErrorCode.Internal, $"The connection to the broker at {Url} was lost; the call may have been served.", cause);

    /// <summary>Gives up what was kept, and begins anew.</summary>
    private async Task<BrokerConnection> BeginAsync(SessionGreeting greeting)
    {
        await DropAsync(Loss(null)).ConfigureAwait(false);
        if (_wasConnected)
        {
            events.OnGap(new(null));
        }

        var connection = new BrokerConnection(greeting, options, events, time, logger);
        lock (_lock)
        {
            _kept = connection;
        }

        return connection;
    }

    private async Task RestoreAsync(BrokerConnection connection, Task<Exception?> life, CancellationToken cancellationToken)
    {
        var restoring = restore(connection, cancellationToken);
        // A connection that dies while it is restored fails the calls that restore it.
        await Task.WhenAny(restoring, life).ConfigureAwait(false);
        if (life.IsCompleted)
        {
            await connection.CloseAsync(Loss(await life.ConfigureAwait(false))).ConfigureAwait(false);
        }

        await restoring.ConfigureAwait(false);
    }

    /// <summary>Waits for another socket, as long as the broker does.</summary>
    private void Keep(BrokerConnection connection, ConnectionLoss loss)
    {
        lock (_lock)
        {
            _expiry?.Dispose();
            _expiry = time.CreateTimer(_ => _ = connection.CloseAsync(loss), null, connection.Window, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task DropAsync(ConnectionLoss loss)
    {
        BrokerConnection? dropped;
        lock (_lock)
        {
            (dropped, _kept) = (_kept, null);
            _expiry?.Dispose();
        }

        if (dropped is not null)
        {
            await dropped.CloseAsync(loss).ConfigureAwait(false);
            dropped.Dispose();
        }
    }

    private void Opened(BrokerConnection connection, bool isResumed)
    {
        _delays.Reset();
        _failed = 0;
        lock (_lock)
        {
            _expiry?.Dispose();
        }

        if (_wasConnected)
        {
            BrokerTelemetry.CountReconnect();
        }

        _wasConnected = true;
        Volatile.Write(ref _lastFailure, null);
        if (isResumed)
        {
            Log.Resumed(logger, Url);
        }
        else
        {
            Log.Connected(logger, Url);
        }

        State.Set(BrokerConnectionState.Connected);
        lock (_lock)
        {
            if (!_stopped)
            {
                _next.TrySetResult(connection);
                return;
            }
        }

        throw new OperationCanceledException(_stop.Token);
    }

    private void Lost(BrokerConnection connection)
    {
        lock (_lock)
        {
            if (_next.Task.IsCompletedSuccessfully && _next.Task.Result == connection && !_stopped)
            {
                _next = NewPromise();
            }
        }

        State.Set(BrokerConnectionState.Disconnected);
    }

    private void TellRefusal(Exception failure)
    {
        if (failure is BrokerException { Code: BrokerErrorCode.Unauthorized or BrokerErrorCode.Forbidden })
        {
            TaskCompletionSource<BrokerConnection> refused;
            lock (_lock)
            {
                refused = _next;
                _next = NewPromise();
            }

            refused.TrySetException(failure);
        }
    }

    private static Uri Announce(Uri url) =>
        new UriBuilder(url) { Query = url.Query.Length > 1 ? url.Query[1..] + "&batch=1" : "batch=1" }.Uri;
}
