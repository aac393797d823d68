using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>The keys one document has in one index, as they are stored.</summary>
internal sealed class DocumentKeys
{
    private static readonly DocumentKeys Absent = new([], [], false);

    private readonly List<BsonValue[]> _values;

    private DocumentKeys(List<byte[]> keys, List<BsonValue[]> values, bool isMultikey)
    {
        Keys = keys;
        _values = values;
        IsMultikey = isMultikey;
    }

    /// <summary>The distinct keys; none if the index leaves the document out.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>Whether an array was spread.</summary>
    public bool IsMultikey { get; }

    /// <exception cref="Errors.MongoCommandFailedException">Code 171: two indexed fields are arrays.</exception>
    public static DocumentKeys Of(BsonDocument document, IndexDefinition index)
    {
        if (index.IsId)
        {
            var id = document.TryGetValue("_id", out var value) ? value : BsonNull.Value;
            return new DocumentKeys([KeyString.Encode(id)], [[id]], false);
        }

        if (index.PartialFilter is { } partial && !partial.Matches(document)) return Absent;
        if (index.IsSparse && !index.Paths.Any(path => HasField(document, path, 0))) return Absent;
        var values = new List<BsonValue[]>(1);
        var spread = IndexKeys.Extract(document, index.Paths, values);
        var keys = new List<byte[]>(values.Count);
        if (values.Count == 1)
        {
            keys.Add(KeyString.Encode(values[0], index.Descending));
            return new DocumentKeys(keys, values, spread);
        }

        var distinct = new SortedDictionary<byte[], BsonValue[]>(ByteOrder.Instance);
        foreach (var value in values) distinct.TryAdd(KeyString.Encode(value, index.Descending), value);
        return new DocumentKeys([.. distinct.Keys], [.. distinct.Values], spread);
    }

    /// <summary>The values behind a key, under the index's field names: what a duplicate key error shows.</summary>
    public BsonDocument Describe(int key, IndexDefinition index)
    {
        var description = new BsonDocument();
        for (var i = 0; i < index.Fields.Count; i++) description.Add(index.Fields[i].Path.Text, _values[key][i]);
        return description;
    }

    private static bool HasField(BsonValue value, FieldPath path, int part)
    {
        if (part == path.Length) return true;
        return value switch
        {
            BsonDocument document => path.Step(document, part) is { } next && HasField(next, path, part + 1),
            BsonArray array => (path.Index(part) >= 0 && path.Index(part) < array.Count && HasField(array[path.Index(part)], path, part + 1))
                || array.Any(item => item is BsonDocument && HasField(item, path, part)),
            _ => false,
        };
    }
}
