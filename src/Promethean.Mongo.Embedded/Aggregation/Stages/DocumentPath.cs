using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>Sets a field in a copy of a document that shares everything off the path.</summary>
internal static class DocumentPath
{
    /// <summary>The document with the value at the path, whose outer fields are made where they are no documents; null removes the field.</summary>
    public static BsonDocument With(BsonDocument document, string[] path, int part, BsonValue? value)
    {
        var copy = BsonCopy.Shallow(document);
        var name = path[part];
        if (part + 1 < path.Length)
        {
            var inner = copy.TryGetValue(name, out var found) ? found as BsonDocument : null;
            if (inner is not null || value is not null) copy[name] = With(inner ?? [], path, part + 1, value);
        }
        else if (value is null)
        {
            copy.Remove(name);
        }
        else
        {
            copy[name] = value;
        }

        return copy;
    }
}
