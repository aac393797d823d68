using System.Buffers.Binary;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>The documents every server is given: 1 kB each, of a few types, numbered from 1.</summary>
internal static class Documents
{
    private const int Bytes = 1024;

    private static readonly string Text = string.Concat(Enumerable.Repeat("Solaris, the ocean that thinks, and answers nobody. ", 20));

    private static readonly int TextLength = Text.Length - (One(1, Text).ToBson().Length - Bytes);

    public static BsonDocument Of(int number) => One(number, Text[..TextLength]);

    /// <summary>An <c>_id</c> that grows with its number.</summary>
    public static ObjectId Id(int number)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new ObjectId(bytes);
    }

    private static BsonDocument One(int number, string text) => new()
    {
        { "_id", Id(number) },
        { "number", number },
        { "name", "a document of one kilobyte" },
        { "tags", new BsonArray { "first", "second", "third" } },
        { "at", new BsonDateTime(1_800_000_000_000) },
        { "size", new BsonDocument { { "width", 1.5 }, { "height", 2.5 } } },
        { "text", text },
    };
}
