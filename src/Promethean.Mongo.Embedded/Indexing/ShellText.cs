using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>Values as MongoDB's error messages show them.</summary>
internal static class ShellText
{
    private static readonly JsonWriterSettings Settings = new() { OutputMode = JsonOutputMode.Shell };

    public static string Of(BsonValue value) => value switch
    {
        BsonObjectId id => $"ObjectId('{id.Value}')",
        _ => value.ToJson(Settings),
    };
}
