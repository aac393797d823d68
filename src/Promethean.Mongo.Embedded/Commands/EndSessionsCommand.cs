using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>endSessions</c>: forgets sessions and closes their cursors.</summary>
internal sealed class EndSessionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["endSessions"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        if (context.Request.Body[0] is not BsonArray sessions) throw MongoCommandFailedException.TypeMismatch("BSON field 'endSessions.endSessions' must be an array");
        foreach (var lsid in sessions)
        {
            var id = SessionRegistry.IdOf(lsid);
            context.Server.Sessions.End(id);
            context.Server.Cursors.KillOf(id);
        }

        return ValueTask.FromResult(CommandReply.Ok());
    }
}
