using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.FailPoints;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;
using Promethean.Mongo.Embedded.Storage.Sqlite;
using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded;

/// <summary>
/// A MongoDB-compatible server inside this process: any MongoDB driver connects to <see cref="ConnectionString"/> and sees the primary
/// of a replica set of one. Several may run in one process. Disposing it closes all connections, waits for the commands that are
/// running, and leaves the data file complete; every write that was acknowledged is in it, even if the process is killed instead.
/// </summary>
public sealed class EmbeddedMongoServer : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly ServerState _state;
    private readonly ClientListener _listener;
    private readonly ITimer _sweeper;
    private readonly ExpiryMonitor _expiry;
    private int _disposed;

    private EmbeddedMongoServer(ServerState state, IPEndPoint endPoint, Socket listener, int maxConnections)
    {
        _state = state;
        Port = endPoint.Port;
        ConnectionString = $"mongodb://{state.Host}/?replicaSet={Uri.EscapeDataString(state.ReplicaSetName)}";
        _listener = ClientListener.Start(listener, new CommandDispatcher(state), maxConnections, state.Time, state.Logger);
        _expiry = ExpiryMonitor.Start(state);
        _sweeper = state.Time.CreateTimer(static swept => ((ServerState)swept!).Sweep(), state, SweepInterval, SweepInterval);
    }

    /// <summary>What a driver is given to connect, for example <c>mongodb://127.0.0.1:41234/?replicaSet=promethean</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The TCP port the server listens on.</summary>
    public int Port { get; }

    /// <summary>Starts a server; when this returns, it accepts connections.</summary>
    /// <param name="options">Where to listen and keep the data; null for a free loopback port and memory.</param>
    /// <param name="cancellationToken">Gives up before the data is opened; an opened server is stopped by disposing it.</param>
    /// <exception cref="EmbeddedMongoException">The address is not loopback, or the port is taken.</exception>
    /// <exception cref="DataFileException">The data directory is in use, or its file cannot be read; the file is left as it was.</exception>
    public static async Task<EmbeddedMongoServer> StartAsync(EmbeddedMongoOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedMongoOptions();
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var logger = options.LoggerFactory.CreateLogger<EmbeddedMongoServer>();
        var listener = ClientListener.Bind(options.Address, options.Port);
        try
        {
            // Opening a large file takes time and blocks; it does so on a thread of the pool, not on the caller's.
            IStorageEngine storage = options.DataDirectory is { } directory
                ? await Task.Run(() => SqliteEngine.Open(directory, options.CheckIntegrityOnStart), CancellationToken.None).ConfigureAwait(false)
                : new MemoryEngine();
            var clock = new ClusterClock(options.TimeProvider);
            var logged = await OpenLogAsync(storage, clock, options).ConfigureAwait(false);
            var endPoint = (IPEndPoint)listener.LocalEndPoint!;
            var cursors = new CursorRegistry(options.TimeProvider, options.CursorTimeout);
            var sessions = new SessionRegistry(options.TimeProvider, options.SessionTimeout);
            logged.Restore(sessions, options.TimeProvider.GetUtcNow() - options.SessionTimeout);
            var state = new ServerState
            {
                Host = endPoint.ToString(),
                ReplicaSetName = options.ReplicaSetName,
                Time = options.TimeProvider,
                Started = options.TimeProvider.GetUtcNow(),
                Logger = logger,
                Storage = logged,
                Cursors = cursors,
                Sessions = sessions,
                Clock = clock,
                Transactions = new TransactionCoordinator(logged, cursors, options.TimeProvider, options.TransactionTimeout),
                ExpiryInterval = options.TtlMonitorInterval,
                FailPoints = new FailPointRegistry(options.TimeProvider, options.AllowsTestCommands),
            };
            Log.Started(logger, state.Host, storage.Place);
            return new EmbeddedMongoServer(state, endPoint, listener, options.MaxConnections);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static async Task<OplogEngine> OpenLogAsync(IStorageEngine storage, ClusterClock clock, EmbeddedMongoOptions options)
    {
        try
        {
            return await OplogEngine.OpenAsync(storage, clock, options.TimeProvider, new OplogLimits(options.OplogMaxBytes, options.OplogMaxEntries)).ConfigureAwait(false);
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the server: no new connections, running commands end, open ones are closed, the data file is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _sweeper.DisposeAsync().ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _state.Cursors.Dispose();
        foreach (var open in _state.Sessions.OpenTransactions) open.Dispose();
        await _state.Storage.DisposeAsync().ConfigureAwait(false);
        Log.Stopped(_state.Logger);
    }
}
