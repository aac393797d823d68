using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Promethean.Broker.Server;

/// <summary>The sessions: connections whose clients asked to be able to resume them.</summary>
internal sealed class SessionTable(FrameRouter router, TenantTable tenants, BrokerServerOptions options, BrokerServerMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Session> _byId = new();
    private readonly ConcurrentDictionary<ClientConnection, Session> _byConnection = new();
    private readonly Lock _ending = new();
    private int _detached;
    private bool _disposed;

    /// <summary>Whether the connection can go on over another socket.</summary>
    public bool Has(ClientConnection connection) => _byConnection.ContainsKey(connection);

    /// <summary>Finds what a socket's <c>resume</c> asks for, or begins a session, and says which.</summary>
    /// <param name="socket">The socket that asked.</param>
    /// <param name="fresh">The connection it came with, which is used where there is nothing to go on with.</param>
    /// <param name="asked">What it asked.</param>
    /// <param name="cancellationToken">Ends with the socket.</param>
    public async Task<ClientConnection> BeginAsync(ClientSocket socket, ClientConnection fresh, ResumeRequest asked, CancellationToken cancellationToken)
    {
        if (asked.SessionId is { } id && await ResumeAsync(socket, fresh, id, asked, cancellationToken).ConfigureAwait(false) is { } old)
        {
            return old;
        }

        if (options.ResumeWindow == TimeSpan.Zero)
        {
            fresh.Outgoing.TryAttach(default, null);
            fresh.Acknowledge(asked.RawId, null);
            return fresh;
        }

        var session = new Session(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), fresh, socket, time);
        fresh.BeginSession();
        tenants.Stay(fresh.Tenant);
        _byId[session.Id] = session;
        _byConnection[fresh] = session;
        fresh.Outgoing.TryAttach(ServerFrames.SessionBegun(asked.RawId, session.Id, null, options.ResumeWindow), null);
        return fresh;
    }

    /// <summary>The connection's socket broke: it waits for another, but not for ever.</summary>
    public void Detach(ClientConnection connection)
    {
        if (!_byConnection.TryGetValue(connection, out var session))
        {
            return;
        }

        if (!TryCountDetached(connection.Tenant))
        {
            End(connection);
            return;
        }

        var waits = session.LetGo(options.ResumeWindow, () =>
        {
            EndDetached(connection.Tenant);
            End(connection);
        });
        if (!waits)
        {
            EndDetached(connection.Tenant);
        }
    }

    /// <summary>Ends a connection for everyone; what is queued for it still goes out where there is a socket.</summary>
    public void End(ClientConnection connection)
    {
        var isFirst = _byConnection.TryRemove(connection, out var session);
        if (session is not null)
        {
            _byId.TryRemove(session.Id, out _);
            session.End();
        }

        lock (_ending)
        {
            // A window may pass while the host is being disposed; then there is nobody left to tell.
            if (!_disposed)
            {
                router.Forget(connection);
            }
        }

        connection.End(WebSocketCloseStatus.NormalClosure, null);
        if (isFirst)
        {
            tenants.Leave(connection.Tenant);
        }
    }

    /// <summary>Ends those that wait for a socket.</summary>
    public void EndDetached()
    {
        foreach (var connection in _byConnection.Keys.Where(one => !one.IsAttached))
        {
            End(connection);
        }
    }

    public void Dispose()
    {
        lock (_ending)
        {
            _disposed = true;
        }

        foreach (var session in _byId.Values)
        {
            session.End();
        }
    }

    private async Task<ClientConnection?> ResumeAsync(
        ClientSocket socket, ClientConnection fresh, string id, ResumeRequest asked, CancellationToken cancellationToken)
    {
        if (!_byId.TryGetValue(id, out var session)
            || !session.Connection.Identity.IsSameClientAs(fresh.Identity)
            || session.Connection.Outgoing.HasForgotten(asked.Received)
            || !await session.TryTakeOverAsync(socket, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var connection = session.Connection;
        EndDetached(connection.Tenant);
        var greeting = ServerFrames.SessionBegun(asked.RawId, id, connection.ReceivedFrames, options.ResumeWindow);
        if (!connection.Outgoing.TryAttach(greeting, asked.Received))
        {
            if (connection.Outgoing.HasForgotten(asked.Received))
            {
                // What it said was overtaken while it waited for the other socket to give way.
                Detach(connection);
                return null;
            }

            // It counts otherwise than this broker: nothing can be promised, so it begins anew.
            End(connection);
            return null;
        }

        connection.ReceivedIsTold();
        metrics.Resumed();
        return connection;
    }

    private bool TryCountDetached(Tenant tenant)
    {
        if (Interlocked.Increment(ref _detached) <= options.MaxDetachedSessions && tenant.TryDetach())
        {
            return true;
        }

        Interlocked.Decrement(ref _detached);
        return false;
    }

    private void EndDetached(Tenant tenant)
    {
        Interlocked.Decrement(ref _detached);
        tenant.EndDetached();
    }
}
