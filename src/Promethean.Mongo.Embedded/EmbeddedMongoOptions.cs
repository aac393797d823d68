using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Promethean.Mongo.Embedded;

/// <summary>Where an <see cref="EmbeddedMongoServer"/> listens and keeps its data. Read once, when the server starts.</summary>
public sealed class EmbeddedMongoOptions
{
    /// <summary>The loopback address to listen on; default <c>127.0.0.1</c>. Any other address is refused, for there is no authentication.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port; 0, the default, takes a free one (see <see cref="EmbeddedMongoServer.Port"/>).</summary>
    public int Port { get; init; }

    /// <summary>The directory of the database file, made if absent; null, the default, keeps everything in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// Whether opening a <see cref="DataDirectory"/> reads the whole file once to find damage; default true.
    /// It takes seconds for each gigabyte (about three, measured on a busy machine); damage is otherwise found when it is read.
    /// </summary>
    public bool CheckIntegrityOnStart { get; init; } = true;

    /// <summary>The replica set name told to drivers; default <c>promethean</c>.</summary>
    public string ReplicaSetName { get; init; } = "promethean";

    /// <summary>How long a cursor may lie unused before it is closed; default 10 minutes, as in MongoDB.</summary>
    public TimeSpan CursorTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a session may lie unused before it ends; default 30 minutes, as in MongoDB.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often documents are deleted that have expired by a TTL index; default 60 seconds, as in MongoDB.</summary>
    public TimeSpan TtlMonitorInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a transaction may stay open before it is aborted; default 60 seconds, as in MongoDB.</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many bytes of past changes are kept for change streams to go on from, the oldest going first; default 64 MiB. They lie where the
    /// data lies.
    /// </summary>
    public long OplogMaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many past changes are kept at most; default 1,000,000.</summary>
    public long OplogMaxEntries { get; init; } = 1_000_000;

    /// <summary>How many client connections may be open at once; further ones are closed at once. Default 1,000.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>The clock of timeouts, TTL indexes, cluster time and <c>$currentDate</c>; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes the server's logger; default none.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Whether clients may make commands fail on purpose with <c>configureFailPoint</c>, for tests of how an application takes errors,
    /// delays and lost connections; null, the default, allows it to a server that listens on a loopback address and to no other.
    /// </summary>
    public bool? EnableTestCommands { get; init; }

    internal bool AllowsTestCommands => EnableTestCommands ?? IPAddress.IsLoopback(Address);

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Address);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentException.ThrowIfNullOrWhiteSpace(ReplicaSetName);
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, IPEndPoint.MaxPort);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CursorTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SessionTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TtlMonitorInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TransactionTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(OplogMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(OplogMaxEntries);
        if (DataDirectory is not null) ArgumentException.ThrowIfNullOrWhiteSpace(DataDirectory);
        if (!IPAddress.IsLoopback(Address))
        {
            throw new EmbeddedMongoException(
                $"The address {Address} is not a loopback address. This server has no authentication, so it listens on 127.0.0.1 or ::1 only.");
        }
    }
}
