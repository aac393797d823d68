using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.FailPoints;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Transactions;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>What all connections of one server share.</summary>
internal sealed class ServerState
{
    /// <summary>How often this server's role has changed: never.</summary>
    public const long TopologyCounter = 0;

    /// <summary>Tells this start of the server from every other.</summary>
    public ObjectId ProcessId { get; } = ObjectId.GenerateNewId();

    public required string Host { get; init; }

    public required string ReplicaSetName { get; init; }

    public required TimeProvider Time { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required ILogger Logger { get; init; }

    public required OplogEngine Storage { get; init; }

    public required CursorRegistry Cursors { get; init; }

    public required SessionRegistry Sessions { get; init; }

    public required UserRegistry Users { get; init; }

    /// <summary>How long an authentication may take.</summary>
    public required TimeSpan AuthenticationTimeout { get; init; }

    public required ClusterClock Clock { get; init; }

    public required TransactionCoordinator Transactions { get; init; }

    /// <summary>How often expired documents are looked for.</summary>
    public TimeSpan ExpiryInterval { get; init; } = TimeSpan.FromSeconds(60);

    public ExpiryCounters Expiry { get; } = new();

    public RunningOperations Operations { get; } = new();

    public FailPointRegistry FailPoints { get; init; } = new(TimeProvider.System, isEnabled: false);

    /// <summary>Forgets a session, its cursors and its transaction.</summary>
    public void EndSession(Guid id)
    {
        Sessions.End(id);
        Cursors.KillOf(id);
    }

    /// <summary>Closes the cursors of a session and aborts its transaction; the session goes on.</summary>
    public void KillSession(Guid id)
    {
        Sessions.Find(id)?.Open?.Abort();
        Cursors.KillOf(id);
    }

    /// <summary>What drivers know this state of the set by.</summary>
    public BsonDocument TopologyVersion => new() { { "processId", ProcessId }, { "counter", TopologyCounter } };

    /// <summary>Closes what lies unused too long.</summary>
    public void Sweep()
    {
        // A command that is running uses its session.
        foreach (var (_, running) in Operations.All) running.KeepSession();
        foreach (var open in Sessions.OpenTransactions) Transactions.EndIfOverdue(open);
        foreach (var session in Sessions.Sweep()) Cursors.KillOf(session);
        Cursors.Sweep();
    }
}
