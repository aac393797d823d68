using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.FailPoints;
using Promethean.Mongo.Embedded.Indexing;
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

    private EmbeddedMongoServer(ServerState state, int port, Socket listener, EmbeddedMongoOptions options)
    {
        _state = state;
        Port = port;
        ConnectionString = Connection(state, options.Users);
        var limits = new ConnectionLimits(options.MaxConnections, options.MessageTimeout, state.Users.AreRequired ? options.AuthenticationTimeout : null);
        _listener = ClientListener.Start(listener, new CommandDispatcher(state), limits, state.Time, state.Logger);
        _expiry = ExpiryMonitor.Start(state);
        _sweeper = state.Time.CreateTimer(static swept => ((EmbeddedMongoServer)swept!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>
    /// What a driver is given to connect, for example <c>mongodb://127.0.0.1:41234/?replicaSet=promethean</c>. Where there are users,
    /// it holds the name and the password of the first, escaped.
    /// </summary>
    public string ConnectionString { get; }

    /// <summary>The TCP port the server listens on.</summary>
    public int Port { get; }

    /// <summary>Starts a server; when this returns, it accepts connections.</summary>
    /// <param name="options">Where to listen and keep the data; null for a free loopback port and memory.</param>
    /// <param name="cancellationToken">Gives up before the data is opened; an opened server is stopped by disposing it.</param>
    /// <exception cref="EmbeddedMongoException">The port is taken, or the address can be reached by others and there are no users.</exception>
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
            var sessions = new SessionRegistry(options.TimeProvider, options.SessionTimeout);
            var logged = await OpenLogAsync(storage, clock, sessions, options).ConfigureAwait(false);
            var endPoint = (IPEndPoint)listener.LocalEndPoint!;
            var cursors = new CursorRegistry(options.TimeProvider, options.CursorTimeout);
            var state = new ServerState
            {
                Host = Reachable(endPoint).ToString(),
                ReplicaSetName = options.ReplicaSetName,
                Time = options.TimeProvider,
                Started = options.TimeProvider.GetUtcNow(),
                Logger = logger,
                Storage = logged,
                Cursors = cursors,
                Sessions = sessions,
                Users = new UserRegistry(options.Users),
                AuthenticationTimeout = options.AuthenticationTimeout,
                Clock = clock,
                Transactions = new TransactionCoordinator(logged, cursors, options.TimeProvider, options.TransactionTimeout),
                ExpiryInterval = options.TtlMonitorInterval,
                FailPoints = new FailPointRegistry(options.TimeProvider, options.AllowsTestCommands),
            };
            Log.Started(logger, endPoint.ToString(), storage.Place);
            return new EmbeddedMongoServer(state, endPoint.Port, listener, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static async Task<OplogEngine> OpenLogAsync(IStorageEngine storage, ClusterClock clock, SessionRegistry sessions, EmbeddedMongoOptions options)
    {
        try
        {
            var limits = new OplogLimits(options.OplogMaxBytes, options.OplogMaxEntries);
            var logged = await OplogEngine.OpenAsync(storage, clock, options.TimeProvider, limits).ConfigureAwait(false);
            logged.Restore(sessions, options.TimeProvider.GetUtcNow() - options.SessionTimeout);
            return logged;
        }
        catch (Exception failure)
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw failure is MongoCommandFailedException
                ? new DataFileException(storage.Place, DataFileProblem.Storage, failure.Message, failure)
                : StorageFailure.Opening(storage.Place, failure);
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

    /// <summary>Where a client on this machine finds the server that listens on all addresses: on loopback.</summary>
    private static IPEndPoint Reachable(IPEndPoint bound) =>
        bound.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, bound.Port)
        : bound.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, bound.Port)
        : bound;

    private static string Connection(ServerState state, IReadOnlyList<EmbeddedMongoUser> users)
    {
        var replicaSet = Uri.EscapeDataString(state.ReplicaSetName);
        return users is [var first, ..]
            ? $"mongodb://{Uri.EscapeDataString(first.Name)}:{Uri.EscapeDataString(first.Password)}@{state.Host}/?replicaSet={replicaSet}&authSource={UserRegistry.Database}&authMechanism={SaslExchange.Mechanism}"
            : $"mongodb://{state.Host}/?replicaSet={replicaSet}";
    }

    private void Sweep()
    {
        _state.Sweep();
        _listener.Sweep();
    }
}
