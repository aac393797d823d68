using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>killSessions</c>: closes the cursors and aborts the transactions of sessions; an empty list means every session.</summary>
internal sealed class KillSessionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killSessions"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var sessions = SessionIds.Of(context);
        foreach (var id in sessions.Count > 0 ? sessions : context.Server.Sessions.Ids) context.Server.KillSession(id);
        return ValueTask.FromResult(CommandReply.Ok());
    }
}
