using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// <c>killAllSessions</c> and <c>killAllSessionsByPattern</c>: the same as killSessions for every session, or those of a pattern. Sessions
/// are not kept by user, so a pattern may name an <c>lsid</c> and nothing else.
/// </summary>
internal sealed class KillAllSessionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killAllSessions", "killAllSessionsByPattern"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        if (context.Request.Body[0] is not BsonArray patterns)
            throw MongoCommandFailedException.TypeMismatch($"BSON field '{context.Request.Name}.{context.Request.Name}' must be an array");
        var killed = patterns.Count == 0 ? context.Server.Sessions.Ids : [.. patterns.Select(SessionOf)];
        foreach (var id in killed) context.Server.KillSession(id);
        return ValueTask.FromResult(CommandReply.Ok());
    }

    private static Guid SessionOf(BsonValue pattern) => pattern is BsonDocument { ElementCount: 1 } document && document.TryGetValue("lsid", out var lsid)
        ? SessionRegistry.IdOf(lsid)
        : throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, $"This server finds sessions by their lsid only, not by {pattern}");
}
