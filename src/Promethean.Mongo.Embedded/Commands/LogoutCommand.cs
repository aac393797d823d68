using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>logout</c>: the connection is nobody's again.</summary>
internal sealed class LogoutCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["logout"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.Client.UserName = null;
        return ValueTask.FromResult(CommandReply.Ok());
    }
}
