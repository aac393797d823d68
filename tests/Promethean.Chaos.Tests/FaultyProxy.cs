using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Promethean.Chaos.Tests;

/// <summary>A TCP proxy on loopback whose faults are switched while it runs.</summary>
/// <remarks>A connection from which bytes were swallowed never passes anything on again in that direction: TCP would have sent them
/// again, or have given up. Connections made after the fault are as good as new.</remarks>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly ConcurrentQueue<long> _accepted = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EndPoint _broker;
    private readonly Task _accepting;
    private volatile NetworkFault _fault;

    public FaultyProxy(Uri broker)
    {
        _broker = new IPEndPoint(IPAddress.Loopback, broker.Port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Url = new UriBuilder(broker) { Port = ((IPEndPoint)_listener.LocalEndPoint!).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Url { get; }

    /// <summary>When each connection was accepted, as timestamps.</summary>
    public IReadOnlyList<long> Accepted => [.. _accepted];

    /// <summary>The connections that there are.</summary>
    public IReadOnlyList<ProxiedConnection> Connections => [.. _connections.Keys];

    /// <summary>What happens from now on.</summary>
    public NetworkFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            if (value == NetworkFault.Reset)
            {
                foreach (var connection in _connections.Keys)
                {
                    connection.Dispose();
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }

        await Task.WhenAll([_accepting, .. _connections.Values]);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                _accepted.Enqueue(TimeProvider.System.GetTimestamp());
                var connection = new ProxiedConnection(client, () => _fault);
                if (_fault == NetworkFault.Reset)
                {
                    connection.Dispose();
                    continue;
                }

                var started = new TaskCompletionSource();
                _connections[connection] = RunAsync(started.Task, connection);
                started.SetResult();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task RunAsync(Task started, ProxiedConnection connection)
    {
        await started;
        await connection.RunAsync(_broker, _stop.Token);
        _connections.TryRemove(connection, out _);
    }
}
