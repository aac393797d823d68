using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Copies of documents that, unlike those of MongoDB.Bson, keep repeated field names, which a client may have stored.</summary>
internal static class BsonCopy
{
    /// <summary>An empty document that takes repeated names.</summary>
    public static BsonDocument Empty() => new() { AllowDuplicateNames = true };

    /// <summary>A copy whose fields may be replaced; it shares their values.</summary>
    public static BsonDocument Shallow(BsonDocument document) => Empty().AddRange(document);

    /// <summary>A copy whose documents and arrays may be changed at any depth; it shares scalars, which never change.</summary>
    public static BsonDocument Deep(BsonDocument document)
    {
        var copy = Empty();
        foreach (var element in document) copy.Add(element.Name, Deep(element.Value));
        return copy;
    }

    private static BsonValue Deep(BsonValue value) => value switch
    {
        BsonDocument document => Deep(document),
        BsonArray array => Deep(array),
        _ => value,
    };

    private static BsonArray Deep(BsonArray array)
    {
        var copy = new BsonArray(array.Count);
        foreach (var item in array) copy.Add(Deep(item));
        return copy;
    }
}
