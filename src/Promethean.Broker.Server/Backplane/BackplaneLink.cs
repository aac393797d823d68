using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>The backplane: the client through which this broker and its like are one, and whether it is there.</summary>
internal sealed class BackplaneLink(IBrokerClient client, IBrokerQueue queue, BrokerServerOptions options, TimeProvider time, ILogger<BackplaneLink> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private bool _wasConnected;
    private long? _lost;
    private Task _watching = Task.CompletedTask;

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

    /// <summary>Whether clients are served well here: the backplane has been there, and has not been away for long.</summary>
    public bool IsReady
    {
        get
        {
            lock (_lock)
            {
                return IsConnected || (_wasConnected && (_lost is not { } lost || time.GetElapsedTime(lost) < options.BackplaneGrace));
            }
        }
    }

    /// <summary>Begins to connect, and to watch.</summary>
    public void Start()
    {
        _watching = Task.Run(WatchAsync);
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
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await client.DisposeAsync().ConfigureAwait(false);
        if (!ReferenceEquals(client, queue))
        {
            await queue.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

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
                (_wasConnected, _lost) = (true, null);
            }
            else if (_wasConnected && _lost is null)
            {
                Log.BackplaneLost(logger);
                _lost = time.GetTimestamp();
            }
        }
    }
}
