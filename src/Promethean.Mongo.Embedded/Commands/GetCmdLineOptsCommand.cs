using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>getCmdLineOpts</c>: how the server was started, in the words of MongoDB's configuration file.</summary>
internal sealed class GetCmdLineOptsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["getCmdLineOpts"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var server = context.Server;
        var colon = server.Host.LastIndexOf(':');
        var parsed = new BsonDocument
        {
            { "net", new BsonDocument { { "bindIp", server.Host[..colon] }, { "port", int.Parse(server.Host.AsSpan(colon + 1), CultureInfo.InvariantCulture) } } },
            { "replication", new BsonDocument("replSet", server.ReplicaSetName) },
        };
        if (server.Storage.Place != "memory") parsed.Add("storage", new BsonDocument("dbPath", Path.GetDirectoryName(server.Storage.Place) ?? ""));
        return ValueTask.FromResult(CommandReply.Ok(new("argv", new BsonArray { "Promethean.Mongo.Embedded" }), new("parsed", parsed)));
    }
}
