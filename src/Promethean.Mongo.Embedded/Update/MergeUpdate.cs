using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>Puts the fields of another document over those of the one that is there, as <c>$merge</c> does.</summary>
internal sealed class MergeUpdate(BsonDocument added) : UpdateOperation
{
    protected override BsonDocument Change(BsonDocument source, UpdateContext context)
    {
        var result = BsonCopy.Shallow(source);
        foreach (var element in added) result[element.Name] = element.Value;
        return result.Equals(source) ? source : result;
    }
}
