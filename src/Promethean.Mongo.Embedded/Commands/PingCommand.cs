using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>ping</c>: answers.</summary>
internal sealed class PingCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["ping"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context) => ValueTask.FromResult(CommandReply.Ok());
}
