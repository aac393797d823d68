using MongoDB.Bson;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// <c>hello</c> and its old name <c>isMaster</c>: the handshake, in which this server is the primary of a set of one. With the
/// <c>topologyVersion</c> of an earlier answer it waits for a change, of which there is none while the server runs.
/// </summary>
internal sealed class HelloCommand : ICommand
{
    // A client that leaves meanwhile is noticed after that long.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public IReadOnlyList<string> Names { get; } = ["hello", "isMaster", "ismaster"];

    public IReadOnlyList<string> Fields { get; } =
    [
        "helloOk", "backpressure", "client", "compression", "topologyVersion", "maxAwaitTimeMS", "hostInfo", "loadBalanced",
        "saslSupportedMechs", "speculativeAuthenticate", "internalClient",
    ];

    public bool RequiresAuthentication => false;

    public async ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var isAwaited = await AwaitChangeAsync(context).ConfigureAwait(false);
        return new CommandReply(Describe(context)) { MayRepeat = isAwaited };
    }

    private static BsonDocument Describe(CommandContext context)
    {
        var server = context.Server;
        var host = context.Client.Host;
        var body = new BsonDocument
        {
            { "helloOk", true },
            { context.Request.Name == "hello" ? "isWritablePrimary" : "ismaster", true },
            { "topologyVersion", server.TopologyVersion },
            { "secondary", false },
            { "setName", server.ReplicaSetName },
            { "setVersion", 1 },
            { "hosts", new BsonArray { host } },
            { "me", host },
            { "primary", host },
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
        };
        // The same for every name, whether there is such a user or not.
        if (server.Users.AreRequired && context.Arguments.Optional("saslSupportedMechs") is not null) body.Add("saslSupportedMechs", new BsonArray { SaslExchange.Mechanism });
        if (Speculate(context) is { } speculation) body.Add("speculativeAuthenticate", speculation);
        return body.Add("ok", 1.0);
    }

    /// <summary>Begins to authenticate within the handshake. What cannot be begun is left out, and the client asks for it properly.</summary>
    private static BsonDocument? Speculate(CommandContext context)
    {
        if (context.Arguments.OptionalDocument("speculativeAuthenticate") is not { } start) return null;
        try
        {
            return SaslExchange.Start(context.Server, context.Client, start, start.GetValue("db", UserRegistry.Database) is BsonString { Value: var database } ? database : "");
        }
        catch (MongoCommandFailedException)
        {
            return null;
        }
    }

    /// <summary>Waits where the client asks for it and knows what there is to know; whether it asked.</summary>
    private static async ValueTask<bool> AwaitChangeAsync(CommandContext context)
    {
        var known = context.Arguments.OptionalDocument("topologyVersion");
        var limit = context.Arguments.OptionalCount("maxAwaitTimeMS");
        if (known is null && limit is null) return false;
        if (known is null) throw MongoCommandFailedException.Location(31368, "A request with 'maxAwaitTimeMS' must include a 'topologyVersion'");
        if (limit is not { } milliseconds) throw MongoCommandFailedException.Location(31368, "A request with a 'topologyVersion' must include 'maxAwaitTimeMS'");
        if (known.GetValue("processId", BsonNull.Value) is not BsonObjectId { Value: var process } || known.GetValue("counter", BsonNull.Value) is not BsonInt64 { Value: var counter })
            throw MongoCommandFailedException.TypeMismatch("BSON field 'hello.topologyVersion' must have an object id 'processId' and a long 'counter'");
        if (counter < 0) throw MongoCommandFailedException.Location(31372, "topologyVersion must have a non-negative counter");
        if (process != context.Server.ProcessId || counter < ServerState.TopologyCounter) return true;
        if (counter > ServerState.TopologyCounter)
        {
            throw MongoCommandFailedException.Location(
                31382, $"Received a topology version with counter: {counter} which is greater than the server topology version counter: {ServerState.TopologyCounter}");
        }

        // On the real clock: the client's is real, too, and it takes a server for dead that a test's clock has halted.
        var wait = milliseconds < LongestWait.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : LongestWait;
        await Task.Delay(wait, TimeProvider.System, context.Stopping).ConfigureAwait(false);
        return true;
    }
}
