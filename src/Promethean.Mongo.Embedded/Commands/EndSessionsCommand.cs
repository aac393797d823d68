using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>endSessions</c>: forgets sessions, closes their cursors and aborts their transactions.</summary>
internal sealed class EndSessionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["endSessions"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        foreach (var id in SessionIds.Of(context)) context.Server.EndSession(id);
        return ValueTask.FromResult(CommandReply.Ok());
    }
}
