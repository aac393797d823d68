using Microsoft.Extensions.Logging;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>What all connections of one server share.</summary>
internal sealed class ServerState
{
    public required string Host { get; init; }

    public required string ReplicaSetName { get; init; }

    public required TimeProvider Time { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required ILogger Logger { get; init; }

    public required OplogEngine Storage { get; init; }

    public required CursorRegistry Cursors { get; init; }

    public required SessionRegistry Sessions { get; init; }

    public required ClusterClock Clock { get; init; }

    /// <summary>Closes what lies unused too long.</summary>
    public void Sweep()
    {
        foreach (var session in Sessions.Sweep()) Cursors.KillOf(session);
        Cursors.Sweep();
    }
}
