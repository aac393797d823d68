using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>killCursors</c>: closes cursors.</summary>
internal sealed class KillCursorsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killCursors"];

    public IReadOnlyList<string> Fields { get; } = ["cursors"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var killed = new BsonArray();
        var notFound = new BsonArray();
        foreach (var id in context.Arguments.RequiredArray("cursors")) (context.Server.Cursors.Kill(id.ToInt64()) ? killed : notFound).Add(id);
        return ValueTask.FromResult(CommandReply.Ok(
            new("cursorsKilled", killed),
            new("cursorsNotFound", notFound),
            new("cursorsAlive", new BsonArray()),
            new("cursorsUnknown", new BsonArray())));
    }
}
