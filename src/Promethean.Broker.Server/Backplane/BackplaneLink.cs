using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>The backplane: the client through which this broker and its like are one, and whether it is there.</summary>
internal sealed class BackplaneLink(IBrokerClient client, IBrokerQueue queue, BrokerServerOptions options, TimeProvider time, ILogger<BackplaneLink> logger) : IAsyncDisposable
{
    // What the end of the backplane may take of the host's: it may stand still.
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private bool _wasConnected;
    private long? _lost;
    private long? _silent;
    private Task _watching = Task.CompletedTask;
    private Task _asking = Task.CompletedTask;

    public IBrokerClient Client => client;

    public IBrokerQueue Queue => queue;

    public TimeProvider Time => time;

    /// <summary>How long a client's frame waits for the backplane.</summary>
    public TimeSpan Patience => options.BackplaneTimeout;

    public bool IsConnected => client.State == BrokerConnectionState.Connected;

    /// <summary>Whether it has been seen connected.</summary>
    public bool HasBeenThere
    {
        get
        {
            lock (_lock)
            {
                return _wasConnected;
            }
        }
    }

    /// <summary>Whether it has been seen to go, and not yet to come back.</summary>
    public bool IsMissed
    {
        get
        {
            lock (_lock)
            {
                return _lost is not null;
            }
        }
    }

    /// <summary>Whether it is connected as far as anybody knows, and has been seen not to answer.</summary>
    public bool IsSilent
    {
        get
        {
            lock (_lock)
            {
                return _silent is not null;
            }
        }
    }

    /// <summary>Why clients are not served well here; null where they are: the backplane has been there, and has not been away or
    /// silent for long.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return IsLong(_silent) ? "The broker's backplane is connected, but does not answer."
                    : IsConnected ? null
                    : !_wasConnected ? "The broker's backplane has not been there yet."
                    : IsLong(_lost) ? "The broker's backplane is away."
                    : null;
            }
        }
    }

    /// <summary>Begins to connect, and to watch.</summary>
    public void Start()
    {
        _watching = Task.Run(WatchAsync);
        _asking = Task.Run(AskForeverAsync);
        _ = Task.Run(ConnectAsync);
    }

    /// <summary>Writes down what went wrong where nobody expects it.</summary>
    public void Failed(Exception exception)
    {
        if (exception is not (BrokerException or OperationCanceledException or ObjectDisposedException))
        {
            Log.BackplaneFailed(logger, exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_watching, _asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await DisposeClientsAsync().WaitAsync(Leave, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.BackplaneNotLeft(logger, Leave);
        }

        _stop.Dispose();
    }

    private async Task DisposeClientsAsync()
    {
        await client.DisposeAsync().ConfigureAwait(false);
        if (!ReferenceEquals(client, queue))
        {
            await queue.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool IsLong(long? since) => since is { } began && time.GetElapsedTime(began) >= options.BackplaneGrace;

    // Clients connect on first use: this is one.
    private async Task ConnectAsync()
    {
        try
        {
            await client.RequestAsync(BrokerActions.SystemHealth, default, cancellationToken: _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            Log.BackplaneAway(logger, e.Message);
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    // A connection may stand while whoever is behind it stands still, and then nothing tells of it.
    private async Task AskForeverAsync()
    {
        while (true)
        {
            await Task.Delay(options.BackplaneTimeout, time, _stop.Token).ConfigureAwait(false);
            if (IsConnected)
            {
                await AskAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task AskAsync()
    {
        // By this clock, whatever the client's is.
        using var late = new CancellationTokenSource(options.BackplaneTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stop.Token);
        try
        {
            await client.RequestAsync(BrokerActions.SystemHealth, default, cancellationToken: either.Token).ConfigureAwait(false);
            Hear(true);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // An error is an answer, too, unless it is that there was none; a loss is told by the state.
            var isSilent = e is OperationCanceledException or BrokerException { Code: BrokerErrorCode.Timeout };
            Hear(!isSilent || !IsConnected);
            Failed(e);
        }
    }

    private void Hear(bool isAnswering)
    {
        lock (_lock)
        {
            if (isAnswering && _silent is not null)
            {
                Log.BackplaneAnswers(logger);
                _silent = null;
            }
            else if (!isAnswering && _silent is null)
            {
                Log.BackplaneSilent(logger, options.BackplaneTimeout);
                _silent = time.GetTimestamp();
            }
        }
    }

    private async Task WatchAsync()
    {
        await foreach (var state in client.WatchStateAsync(_stop.Token).ConfigureAwait(false))
        {
            Take(state == BrokerConnectionState.Connected);
        }
    }

    private void Take(bool isConnected)
    {
        lock (_lock)
        {
            if (isConnected)
            {
                Log.BackplaneConnected(logger);
                // Made anew, so that it has just answered.
                (_wasConnected, _lost, _silent) = (true, null, null);
            }
            else if (_wasConnected && _lost is null)
            {
                Log.BackplaneLost(logger);
                (_lost, _silent) = (_silent ?? time.GetTimestamp(), null);
            }
        }
    }
}
