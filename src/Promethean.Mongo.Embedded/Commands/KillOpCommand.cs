using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>killOp</c>: asks a command to stop. It fails at the next document it reads; the answer does not wait for that.</summary>
internal sealed class KillOpCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killOp"];

    public IReadOnlyList<string> Fields { get; } = ["op"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        context.Server.Operations.Kill((int)Math.Min(int.MaxValue, context.Arguments.OptionalCount("op") ?? 0));
        return ValueTask.FromResult(CommandReply.Ok(new BsonElement("info", "attempting to kill op")));
    }
}
