using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>serverStatus</c>: who the server is, since when, and what it holds open.</summary>
internal sealed class ServerStatusCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["serverStatus"];

    public IReadOnlyList<string> Fields { get; } = ["repl", "metrics", "locks"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var server = context.Server;
        var uptime = context.Now - server.Started;
        return ValueTask.FromResult(CommandReply.Ok(
            new("host", server.Host),
            new("version", WireLimits.ServerVersion),
            new("process", "Promethean.Mongo.Embedded"),
            new("pid", (long)Environment.ProcessId),
            new("uptime", uptime.TotalSeconds),
            new("uptimeMillis", (long)uptime.TotalMilliseconds),
            new("localTime", new BsonDateTime(context.Now.ToUnixTimeMilliseconds())),
            new("storageEngine", new BsonDocument { { "name", server.Storage.Place == "memory" ? "memory" : "sqlite" }, { "persistent", server.Storage.Place != "memory" } }),
            new("metrics", new BsonDocument
            {
                { "cursor", new BsonDocument("open", new BsonDocument("total", (long)server.Cursors.Count)) },
                { "ttl", new BsonDocument { { "deletedDocuments", server.Expiry.Deleted }, { "passes", server.Expiry.Passes } } },
            }),
            new("logicalSessionRecordCache", new BsonDocument("activeSessionsCount", server.Sessions.Count)),
            new("repl", new BsonDocument { { "setName", server.ReplicaSetName }, { "isWritablePrimary", true }, { "hosts", new BsonArray { server.Host } } })));
    }
}
