using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>logout</c>: nobody is logged in any more.</summary>
internal sealed class LogoutCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["logout"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context) => ValueTask.FromResult(CommandReply.Ok());
}
