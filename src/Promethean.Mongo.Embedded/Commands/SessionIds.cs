using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Sessions;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Reads the sessions that a command's first field lists.</summary>
internal static class SessionIds
{
    public static IReadOnlyList<Guid> Of(CommandContext context) => context.Request.Body[0] is BsonArray sessions
        ? [.. sessions.Select(SessionRegistry.IdOf)]
        : throw MongoCommandFailedException.TypeMismatch($"BSON field '{context.Request.Name}.{context.Request.Name}' must be an array");
}
