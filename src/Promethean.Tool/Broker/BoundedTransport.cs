using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Promethean.Tool;

/// <summary>Takes no more sockets than there may be; others wait with the system until one is closed.</summary>
/// <remarks>The server's own limits refuse a connection after it has been taken, so that a flood of those could still use up the
/// process' files; and without one to spare the runtime cannot load its own code.</remarks>
internal sealed class BoundedTransport(IConnectionListenerFactory inner, int sockets) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), new(sockets));

    private sealed class Listener(IConnectionListener inner, SemaphoreSlim room) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
                await room.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }

            ConnectionContext? connection = null;
            try
            {
                connection = await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return connection is null ? null : new BoundedConnection(connection, room);
            }
            finally
            {
                if (connection is null)
                {
                    room.Release();
                }
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await inner.UnbindAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            _unbound.Dispose();
        }
    }
}
