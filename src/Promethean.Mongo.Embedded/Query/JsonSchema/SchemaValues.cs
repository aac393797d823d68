using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema;

/// <summary>Equality as <c>enum</c> and <c>uniqueItems</c> mean it: as in queries, but the order of an object's fields does not count.</summary>
internal static class SchemaValues
{
    /// <summary>A value that is equal, in <see cref="BsonOrder"/>, to that of any other value a schema takes for the same.</summary>
    public static BsonValue Canonical(BsonValue value) => value switch
    {
        BsonDocument document => BsonCopy.Empty().AddRange(document
            .OrderBy(element => element.Name, StringComparer.Ordinal)
            .Select(element => new BsonElement(element.Name, Canonical(element.Value)))),
        BsonArray array => new BsonArray(array.Select(Canonical)),
        _ => value,
    };

    /// <summary>The first item that is the same as one before it, or null.</summary>
    public static BsonValue? FirstDuplicate(BsonArray items)
    {
        var seen = new HashSet<BsonValue>(BsonOrder.Instance);
        return items.FirstOrDefault(item => !seen.Add(Canonical(item)));
    }
}
