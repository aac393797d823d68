using System.Buffers.Binary;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bench.Serving;

/// <summary>
/// Ready-made messages, as the real server sends them, by the command and the collection it names. A cursor's id is how many batches
/// it has left.
/// </summary>
internal sealed class CannedReplies
{
    /// <summary>Where a reply with a cursor has the cursor's id: it is the first field of the first.</summary>
    public const int CursorIdStart = HeaderBytes + 5 + 4 + 1 + 7 + 4 + 1 + 3;

    private const int Page = 1000;
    private const int FirstBatch = 101;
    private const int LargestBatchBytes = 16 * 1024 * 1024;
    private const int WalkedBatches = 60;
    private const int HeaderBytes = 16;
    private const int OpMessage = 2013;
    private const int OpReply = 1;

    private readonly Dictionary<string, byte[]> _messages = [];

    public CannedReplies(string host)
    {
        var hello = new BsonDocument
        {
            { "helloOk", true }, { "isWritablePrimary", true }, { "ismaster", true }, { "secondary", false }, { "setName", "canned" }, { "setVersion", 1 },
            { "hosts", new BsonArray { host } }, { "me", host }, { "primary", host }, { "maxBsonObjectSize", 16 * 1024 * 1024 },
            { "maxMessageSizeBytes", 48_000_000 }, { "maxWriteBatchSize", 100_000 }, { "logicalSessionTimeoutMinutes", 30 }, { "connectionId", 1 },
            { "minWireVersion", 0 }, { "maxWireVersion", 21 }, { "readOnly", false }, { "ok", 1.0 },
        };
        Legacy = Message(OpReply, [8, 0, 0, 0, .. new byte[12], 1, 0, 0, 0], hello);
        Ok = Reply(new BsonDocument());
        Add("hello", hello);
        Add("insert", new BsonDocument("n", Page));
        Add("update", new BsonDocument { { "n", 1 }, { "nModified", 1 } });
        Add("findAndModify", new BsonDocument { { "lastErrorObject", new BsonDocument { { "n", 1 }, { "updatedExisting", true } } }, { "value", Documents.Of(1) } });
        Add("find found", Cursor("found", "firstBatch", 1, 0));
        Add("find paged", Cursor("paged", "firstBatch", FirstBatch, 1));
        Add("getMore paged", Cursor("paged", "nextBatch", Page - FirstBatch, 0));
        Add("find walked", Cursor("walked", "firstBatch", FirstBatch, WalkedBatches));
        Add("getMore walked", Cursor("walked", "nextBatch", LargestBatchBytes / (Documents.Of(1).ToBson().Length + 7), 0));
        Add("aggregate watched", Events("firstBatch", 0));
        Add("getMore watched", Events("nextBatch", Page));
    }

    /// <summary>The answer to the handshake of old.</summary>
    public byte[] Legacy { get; }

    /// <summary>The answer to whatever there is no other for.</summary>
    public byte[] Ok { get; }

    public byte[]? Find(string key) => _messages.GetValueOrDefault(key);

    private static BsonDocument Cursor(string collection, string field, int documents, long id) =>
        Cursor(collection, field, Enumerable.Range(1, documents).Select(Documents.Of), id);

    // The driver asks for more of the namespace that the reply names.
    private static BsonDocument Cursor(string collection, string field, IEnumerable<BsonDocument> documents, long id) =>
        new("cursor", new BsonDocument { { "id", id }, { "ns", "bench." + collection }, { field, new BsonArray(documents) } });

    private static BsonDocument Events(string field, int count)
    {
        var token = new BsonDocument("_data", new string('8', 80));
        var reply = Cursor(
            "watched",
            field,
            Enumerable.Range(1, count).Select(number => new BsonDocument
            {
                { "_id", token }, { "operationType", "insert" }, { "clusterTime", new BsonTimestamp(1, 1) }, { "wallTime", new BsonDateTime(1_800_000_000_000) },
                { "fullDocument", Documents.Of(number) }, { "ns", new BsonDocument { { "db", "bench" }, { "coll", "watched" } } },
                { "documentKey", new BsonDocument("_id", Documents.Id(number)) },
            }),
            1);
        reply["cursor"].AsBsonDocument.Add("postBatchResumeToken", token);
        return reply;
    }

    private static byte[] Reply(BsonDocument body)
    {
        var time = new BsonTimestamp(1_800_000_000, 1);
        var signature = new BsonDocument { { "hash", new byte[20] }, { "keyId", 0L } };
        body.Set("ok", 1.0).Add("$clusterTime", new BsonDocument { { "clusterTime", time }, { "signature", signature } }).Add("operationTime", time);
        return Message(OpMessage, [0, 0, 0, 0, 0], body);
    }

    private static byte[] Message(int opCode, byte[] prefix, BsonDocument body)
    {
        byte[] message = [.. new byte[HeaderBytes], .. prefix, .. body.ToBson(writerSettings: new() { MaxDocumentSize = int.MaxValue })];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), opCode);
        return message;
    }

    private void Add(string key, BsonDocument body) => _messages.Add(key, Reply(body));
}
