using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>A failed command as MongoDB answers it.</summary>
internal static class ErrorReply
{
    public static CommandReply From(MongoCommandFailedException failure)
    {
        var body = new BsonDocument
        {
            { "ok", 0.0 },
            { "errmsg", failure.Message },
            { "code", failure.Code },
            { "codeName", failure.CodeName },
        };
        if (failure.ErrorLabels.Count > 0) body.Add("errorLabels", new BsonArray(failure.ErrorLabels));
        if (failure.Details is not null) body.Merge(failure.Details);
        return new CommandReply(body);
    }
}
