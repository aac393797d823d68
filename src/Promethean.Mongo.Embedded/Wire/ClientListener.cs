using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Commands;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Accepts clients on one endpoint and serves each on a loop of its own.</summary>
internal sealed class ClientListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly CommandDispatcher _dispatcher;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<int, ServedClient> _connections = new();
    private readonly Task _accepting;

    private ClientListener(Socket listener, CommandDispatcher dispatcher, ConnectionLimits limits, TimeProvider time, ILogger logger)
    {
        _listener = listener;
        _dispatcher = dispatcher;
        _limits = limits;
        _time = time;
        _logger = logger;
        _accepting = AcceptAsync();
    }

    /// <summary>Binds an endpoint; port 0 takes a free one. The caller learns it from the socket before anything is accepted.</summary>
    public static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(512);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new EmbeddedMongoException($"Cannot listen on {address}:{port}: {failure.Message}. Choose another port, or 0 for a free one.", failure);
        }
    }

    /// <summary>Begins to accept clients on a bound socket, which it owns from now on.</summary>
    public static ClientListener Start(Socket bound, CommandDispatcher dispatcher, ConnectionLimits limits, TimeProvider time, ILogger logger) =>
        new(bound, dispatcher, limits, time, logger);

    /// <summary>Closes the connections whose time is over.</summary>
    public void Sweep()
    {
        foreach (var (id, (connection, _)) in _connections)
        {
            if (!connection.IsOverdue) continue;
            Log.ConnectionTimedOut(_logger, id);
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values.Select(connection => connection.Served)).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var id = 1; !_stopping.IsCancellationRequested; id++)
        {
            try
            {
                var client = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                if (_connections.Count >= _limits.MaxConnections && !EvictStranger())
                {
                    Log.ConnectionRefused(_logger, _limits.MaxConnections);
                    client.Dispose();
                    continue;
                }

                client.NoDelay = true;
                Serve(id, client);
            }
            catch (SocketException failure) when (!_stopping.IsCancellationRequested)
            {
                // One failed accept does not end the listener. Some causes last (no file handles left): a pause keeps them from
                // taking a whole core, and the log says why nobody gets in.
                Log.AcceptFailed(_logger, failure);
                await Task.Delay(AcceptPause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Stopping.
            }
        }
    }

    /// <summary>Closes the oldest connection that has not authenticated, so that strangers cannot keep users out; false if there is none.</summary>
    private bool EvictStranger()
    {
        var oldest = _connections.Where(connection => connection.Value.Connection.IsStranger).OrderBy(connection => connection.Key).FirstOrDefault().Value;
        if (oldest is null) return false;
        oldest.Connection.Abort();
        return true;
    }

    private void Serve(int id, Socket client)
    {
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = new ClientConnection(id, client, _dispatcher, _limits, _time, _logger);
        _connections[id] = new ServedClient(connection, serving.Task);
        _ = Task.Run(async () =>
        {
            Telemetry.Connections.Add(1);
            try
            {
                await connection.RunAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                Log.ConnectionBroke(_logger, failure, id);
            }
            finally
            {
                Telemetry.Connections.Add(-1);
                _dispatcher.Forget(id);
                _connections.TryRemove(id, out _);
                serving.SetResult();
            }
        });
    }

    private sealed record ServedClient(ClientConnection Connection, Task Served);
}
