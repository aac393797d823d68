using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Promethean.Broker.Server;

/// <summary>The connections that are open.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();

    public int Count => _connections.Count;

    /// <summary>Serves a connection for as long as it lasts.</summary>
    public async Task RunAsync(ClientConnection connection, CancellationToken aborted)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ended.Task;
        try
        {
            await connection.RunAsync(aborted).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    /// <summary>Closes all and waits until they are gone.</summary>
    public Task CloseAllAsync(WebSocketCloseStatus status, string reason)
    {
        var open = _connections.ToArray();
        foreach (var (connection, _) in open)
        {
            connection.Close(status, reason);
        }

        return Task.WhenAll(open.Select(entry => entry.Value));
    }
}
