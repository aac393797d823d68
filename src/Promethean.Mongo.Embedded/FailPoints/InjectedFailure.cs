using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>What a fail point does to a command after it has been carried out.</summary>
internal sealed class InjectedFailure(FailPointSettings settings, BsonDocument command)
{
    /// <summary>Changes the reply, or takes the connection away in its place.</summary>
    /// <exception cref="ConnectionFailedException">The client is not to get a reply.</exception>
    public void Apply(CommandReply reply)
    {
        if (settings.ClosesConnection) throw new ConnectionFailedException(settings.Name);
        if (settings.WriteConcernError is not { } error) return;
        reply.Body["writeConcernError"] = error;
        var labels = settings.ErrorLabels ?? InjectedErrors.LabelsOf(error.GetValue("code", 0).ToInt32(), command);
        if (labels.Count > 0) reply.Body["errorLabels"] = new BsonArray(labels);
    }
}
