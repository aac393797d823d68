using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>hello</c> and its old name <c>isMaster</c>: the handshake, in which this server is the primary of a set of one.</summary>
internal sealed class HelloCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["hello", "isMaster", "ismaster"];

    public IReadOnlyList<string> Fields { get; } =
    [
        "helloOk", "backpressure", "client", "compression", "topologyVersion", "maxAwaitTimeMS", "hostInfo", "loadBalanced",
        "saslSupportedMechs", "speculativeAuthenticate", "internalClient",
    ];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var server = context.Server;
        var isHello = context.Request.Name == "hello";
        var body = new BsonDocument
        {
            { "helloOk", true },
            { isHello ? "isWritablePrimary" : "ismaster", true },
            { "secondary", false },
            { "setName", server.ReplicaSetName },
            { "setVersion", 1 },
            { "hosts", new BsonArray { server.Host } },
            { "me", server.Host },
            { "primary", server.Host },
            { "maxBsonObjectSize", BsonLimits.MaxDocumentBytes },
            { "maxMessageSizeBytes", WireLimits.MaxMessageBytes },
            { "maxWriteBatchSize", WireLimits.MaxWriteBatch },
            { "localTime", new BsonDateTime(context.Now.ToUnixTimeMilliseconds()) },
            // Whole minutes; without it drivers believe that there are no sessions.
            { "logicalSessionTimeoutMinutes", Math.Max(1, (int)server.Sessions.Timeout.TotalMinutes) },
            { "connectionId", context.ConnectionId },
            { "minWireVersion", 0 },
            { "maxWireVersion", WireLimits.WireVersion },
            { "readOnly", false },
            { "ok", 1.0 },
        };
        return ValueTask.FromResult(new CommandReply(body));
    }
}
