using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>The documents of a joined collection by the values they have at a path, an array counting by its elements and a missing field as null.</summary>
internal sealed class ForeignIndex
{
    private readonly Dictionary<BsonValue, List<int>> _places = new(BsonOrder.Instance);
    private readonly List<BsonDocument> _documents = [];

    public ForeignIndex(IEnumerable<BsonDocument> documents, FieldPath path)
    {
        foreach (var document in documents)
        {
            foreach (var value in ValuesAt(document, path))
            {
                if (!_places.TryGetValue(value, out var places)) _places.Add(value, places = []);
                if (places.Count == 0 || places[^1] != _documents.Count) places.Add(_documents.Count);
            }

            _documents.Add(document);
        }
    }

    /// <summary>The documents that have one of the values, each once, in the collection's order.</summary>
    public IEnumerable<BsonDocument> Find(IEnumerable<BsonValue> values)
    {
        var found = new SortedSet<int>();
        foreach (var value in values)
        {
            if (_places.TryGetValue(value, out var places)) found.UnionWith(places);
        }

        foreach (var place in found) yield return _documents[place];
    }

    /// <summary>The values a document has at a path for a join.</summary>
    public static IEnumerable<BsonValue> ValuesAt(BsonDocument document, FieldPath path)
    {
        var keys = new List<BsonValue[]>();
        IndexKeys.Extract(document, [path], keys);
        foreach (var key in keys)
        {
            // Undefined stands for an empty array, which joins nothing.
            if (!key[0].IsBsonUndefined) yield return key[0];
        }
    }
}
