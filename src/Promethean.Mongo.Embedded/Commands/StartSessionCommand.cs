using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>startSession</c>: makes a session for clients that do not choose its id themselves.</summary>
internal sealed class StartSessionCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["startSession"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var session = context.Server.Sessions.Use(Guid.NewGuid());
        return ValueTask.FromResult(CommandReply.Ok(
            new("id", new BsonDocument("id", new BsonBinaryData(session.Id, GuidRepresentation.Standard))),
            new("timeoutMinutes", Math.Max(1, (int)context.Server.Sessions.Timeout.TotalMinutes))));
    }
}
