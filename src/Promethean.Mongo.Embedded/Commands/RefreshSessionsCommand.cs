using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>refreshSessions</c>: sessions count as used now.</summary>
internal sealed class RefreshSessionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["refreshSessions"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        foreach (var id in SessionIds.Of(context)) context.Server.Sessions.Use(id);
        return ValueTask.FromResult(CommandReply.Ok());
    }
}
