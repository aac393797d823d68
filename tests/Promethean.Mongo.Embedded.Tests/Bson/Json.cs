using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>JSON in which every BSON type is told apart, so that 1 and NumberLong(1) do not pass for each other.</summary>
internal static class Json
{
    private static readonly JsonWriterSettings Canonical = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    public static string Exact(this BsonValue value) => value.ToJson(Canonical);

    public static BsonValue Value(string json) => BsonDocument.Parse($"{{v: {json}}}")["v"];
}
