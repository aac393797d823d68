using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Writes replies; the documents of a batch are copied as they are stored, never decoded.</summary>
internal static class ReplyWriter
{
    private const int ReplyFieldBytes = 20;

    // The type byte and the array index before each document.
    private const int DocumentOverheadBytes = 10;

    // OP_REPLY flag bit 3: the server understands AwaitData. Drivers expect it set.
    private const int AwaitCapable = 8;

    /// <summary>Writes an OP_MSG that answers a request.</summary>
    public static void WriteMessage(ReplyBuffer buffer, int requestId, int responseTo, CommandReply reply)
    {
        var start = buffer.Length;
        buffer.Append(MessageHeader.Size);
        buffer.Append(5).Clear();
        WriteBody(buffer, reply);
        new MessageHeader(buffer.Length - start, requestId, responseTo, OpCode.Message).Write(buffer.At(start, MessageHeader.Size));
    }

    /// <summary>Writes an OP_REPLY that answers an OP_QUERY.</summary>
    public static void WriteLegacy(ReplyBuffer buffer, int requestId, int responseTo, CommandReply reply)
    {
        var start = buffer.Length;
        buffer.Append(MessageHeader.Size);
        var fields = buffer.Append(ReplyFieldBytes);
        fields.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(fields, AwaitCapable);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], 1);
        WriteBody(buffer, reply);
        new MessageHeader(buffer.Length - start, requestId, responseTo, OpCode.Reply).Write(buffer.At(start, MessageHeader.Size));
    }

    private static void WriteBody(ReplyBuffer buffer, CommandReply reply)
    {
        var fields = BsonBytes.Encode(reply.Body);
        if (reply.Batch is null)
        {
            buffer.Append(fields);
            return;
        }

        buffer.Expect(reply.Batch.Documents.Sum(document => document.Length + DocumentOverheadBytes) + fields.Length);
        var start = Begin(buffer);
        WriteName(buffer, BsonType.Document, "cursor");
        WriteCursor(buffer, reply.Batch);
        buffer.Append(fields.AsSpan(4..^1));
        End(buffer, start);
    }

    private static void WriteCursor(ReplyBuffer buffer, CursorBatch batch)
    {
        var start = Begin(buffer);
        WriteName(buffer, BsonType.Array, batch.IsFirst ? "firstBatch" : "nextBatch");
        var array = Begin(buffer);
        Span<byte> index = stackalloc byte[12];
        for (var i = 0; i < batch.Documents.Count; i++)
        {
            i.TryFormat(index, out var digits, default, CultureInfo.InvariantCulture);
            index[digits] = 0;
            buffer.Append(1)[0] = (byte)BsonType.Document;
            buffer.Append(index[..(digits + 1)]);
            buffer.Append(batch.Documents[i]);
        }

        End(buffer, array);
        if (batch.PostBatchResumeToken is { } token)
        {
            WriteName(buffer, BsonType.Document, "postBatchResumeToken");
            buffer.Append(BsonBytes.Encode(token));
        }

        WriteName(buffer, BsonType.Int64, "id");
        BinaryPrimitives.WriteInt64LittleEndian(buffer.Append(8), batch.CursorId);
        WriteName(buffer, BsonType.String, "ns");
        var length = Encoding.UTF8.GetByteCount(batch.Namespace);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.Append(4), length + 1);
        Encoding.UTF8.GetBytes(batch.Namespace, buffer.Append(length));
        buffer.Append(1)[0] = 0;
        End(buffer, start);
    }

    private static int Begin(ReplyBuffer buffer)
    {
        var start = buffer.Length;
        buffer.Append(4);
        return start;
    }

    private static void End(ReplyBuffer buffer, int start)
    {
        buffer.Append(1)[0] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.At(start, 4), buffer.Length - start);
    }

    private static void WriteName(ReplyBuffer buffer, BsonType type, string name)
    {
        buffer.Append(1)[0] = (byte)type;
        Encoding.ASCII.GetBytes(name, buffer.Append(name.Length));
        buffer.Append(1)[0] = 0;
    }
}
