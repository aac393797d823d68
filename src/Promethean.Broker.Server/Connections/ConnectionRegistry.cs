using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Promethean.Broker.Server;

/// <summary>The sockets that are open.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<ClientSocket, Task> _sockets = new();

    private volatile Tuple<WebSocketCloseStatus, string>? _end;

    public int Count => _sockets.Count;

    /// <summary>Serves a socket for as long as it lasts.</summary>
    public async Task RunAsync(ClientSocket socket, CancellationToken aborted)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sockets[socket] = ended.Task;
        // One that was let in just before the end, and came after the others were closed.
        if (_end is var (status, reason))
        {
            socket.Connection.End(status, reason);
        }

        try
        {
            await socket.RunAsync(aborted).ConfigureAwait(false);
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
            ended.SetResult();
        }
    }

    /// <summary>Closes all and waits until they are gone.</summary>
    public Task CloseAllAsync(WebSocketCloseStatus status, string reason)
    {
        _end = new(status, reason);
        var open = _sockets.ToArray();
        foreach (var (socket, _) in open)
        {
            socket.Connection.End(status, reason);
        }

        return Task.WhenAll(open.Select(entry => entry.Value));
    }
}
