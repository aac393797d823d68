using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>getLog</c>: empty, for the log goes to the application's logger; shells ask for it when they connect.</summary>
internal sealed class GetLogCommand : ICommand
{
    private static readonly string[] Logs = ["global", "startupWarnings"];

    public IReadOnlyList<string> Names { get; } = ["getLog"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.RequireAdmin();
        var name = context.Arguments.RequiredString("getLog");
        if (name == "*") return ValueTask.FromResult(CommandReply.Ok(new BsonElement("names", new BsonArray(Logs))));
        if (!Logs.Contains(name, StringComparer.Ordinal)) throw new MongoCommandFailedException(MongoErrorCode.OperationFailed, $"No log named '{name}'");
        return ValueTask.FromResult(CommandReply.Ok(new("totalLinesWritten", 0), new("log", new BsonArray())));
    }
}
