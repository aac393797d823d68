using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.ChangeStreams;

/// <summary>A copy of collections, made of nothing but their change events.</summary>
internal sealed class EventReplay
{
    private readonly Dictionary<(string Collection, BsonValue Id), BsonDocument> _documents = [];

    /// <summary>The documents of a collection, by _id.</summary>
    public IEnumerable<BsonDocument> Of(string collection) =>
        _documents.Where(copy => copy.Key.Collection == collection).OrderBy(copy => copy.Key.Id).Select(copy => copy.Value);

    public void Apply(BsonDocument told)
    {
        var key = (told["ns"]["coll"].AsString, told["documentKey"]["_id"]);
        switch (told["operationType"].AsString)
        {
            case "insert":
                _documents.Should().NotContainKey(key, "an insert is told once");
                _documents[key] = told["fullDocument"].AsBsonDocument;
                break;
            case "replace":
                _documents.Should().ContainKey(key);
                _documents[key] = told["fullDocument"].AsBsonDocument;
                break;
            case "delete":
                _documents.Remove(key).Should().BeTrue("a delete is told after what it deletes");
                break;
            case "update":
                Update(_documents[key], told["updateDescription"].AsBsonDocument);
                break;
            default:
                throw new InvalidOperationException($"An event that no writer has caused: {told}");
        }
    }

    /// <summary>Does to a document what an updateDescription of an expanded event tells.</summary>
    public static void Update(BsonDocument document, BsonDocument description)
    {
        BsonValue[] PathOf(string text) => description["disambiguatedPaths"].AsBsonDocument.TryGetValue(text, out var parts)
            ? [.. parts.AsBsonArray]
            : [.. text.Split('.').Select(part => int.TryParse(part, out var index) ? (BsonValue)index : part)];

        foreach (var truncated in description["truncatedArrays"].AsBsonArray)
        {
            var array = Find(document, PathOf(truncated["field"].AsString)).AsBsonArray;
            while (array.Count > truncated["newSize"].AsInt32) array.RemoveAt(array.Count - 1);
        }

        foreach (var updated in description["updatedFields"].AsBsonDocument)
        {
            var path = PathOf(updated.Name);
            var container = Find(document, path[..^1]);
            if (container is not BsonArray array) container[path[^1].AsString] = updated.Value;
            else if (path[^1].AsInt32 == array.Count) array.Add(updated.Value);
            else array[path[^1].AsInt32] = updated.Value;
        }

        foreach (var removed in description["removedFields"].AsBsonArray)
        {
            var path = PathOf(removed.AsString);
            Find(document, path[..^1]).AsBsonDocument.Remove(path[^1].AsString);
        }
    }

    private static BsonValue Find(BsonValue value, BsonValue[] path)
    {
        foreach (var part in path) value = part is BsonInt32 index && value is BsonArray array ? array[index.Value] : value[part.ToString()!];
        return value;
    }
}
