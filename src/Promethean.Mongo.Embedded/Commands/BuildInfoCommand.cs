using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>buildInfo</c>: the MongoDB version whose behaviour this server follows.</summary>
internal sealed class BuildInfoCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["buildInfo", "buildinfo"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context) => ValueTask.FromResult(CommandReply.Ok(
        new("version", WireLimits.ServerVersion),
        new("versionArray", new BsonArray(WireLimits.ServerVersion.Split('.').Select(int.Parse).Append(0))),
        new("gitVersion", "Promethean.Mongo.Embedded"),
        new("modules", new BsonArray()),
        new("bits", 64),
        new("debug", false),
        new("maxBsonObjectSize", BsonLimits.MaxDocumentBytes),
        new("storageEngines", new BsonArray { "memory", "sqlite" })));
}
