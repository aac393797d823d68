using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// Encodes index keys as bytes that compare (<c>memcmp</c>) exactly as <see cref="BsonOrder"/> compares the values, field by field.
/// </summary>
/// <remarks>
/// Each value is self-delimiting, so the bytes of the first fields are a prefix of every key that starts with them. The first
/// byte of a value lies in 1..254 in either direction: all keys with a given prefix lie from the prefix itself up to, but not
/// including, the prefix followed by 0xFF (<see cref="PrefixEnd"/>). A descending field has all its bytes inverted.
/// Values that are equal in MongoDB's eyes (1 and 1.0) have the same bytes: a key finds a document, it does not restore values.
/// <code>
/// key      = value*
/// value    = rank body                      rank: BsonTypeRank, one byte
/// body     = number: NumberKey | string: text | document: (rank text body)* 0 | array: value* 0
///          | binary: length(4) subtype bytes | ObjectId: 12 bytes | boolean: 1 byte | date: 8 bytes, sign flipped
///          | timestamp: 8 bytes | regex: text text | code: text | code with scope: text document | others: nothing
/// text     = UTF-8 with 00 written as 00 FF, then 00 01
/// </code>
/// </remarks>
internal static class KeyString
{
    private const byte End = 0;

    /// <summary>Encodes the values of one key. <paramref name="descending"/> may be shorter than the values: the rest ascend.</summary>
    public static byte[] Encode(ReadOnlySpan<BsonValue> values, ReadOnlySpan<bool> descending = default)
    {
        var output = new KeyBuffer(stackalloc byte[256]);
        for (var i = 0; i < values.Length; i++)
        {
            var start = output.Length;
            WriteValue(ref output, values[i]);
            if (i < descending.Length && descending[i]) output.Invert(start);
        }

        return output.ToArray();
    }

    /// <summary>Encodes a single ascending value, such as a document's <c>_id</c>.</summary>
    public static byte[] Encode(BsonValue value)
    {
        var output = new KeyBuffer(stackalloc byte[256]);
        WriteValue(ref output, value);
        return output.ToArray();
    }

    /// <summary>The least byte string greater than every key that starts with <paramref name="prefix"/>.</summary>
    public static byte[] PrefixEnd(ReadOnlySpan<byte> prefix)
    {
        var end = new byte[prefix.Length + 1];
        prefix.CopyTo(end);
        end[^1] = 0xFF;
        return end;
    }

    private static void WriteValue(ref KeyBuffer output, BsonValue value)
    {
        var rank = BsonTypeRank.Of(value.BsonType);
        output.Append(rank);
        WriteBody(ref output, rank, value);
    }

    private static void WriteBody(ref KeyBuffer output, byte rank, BsonValue value)
    {
        switch (rank)
        {
            case BsonTypeRank.Number:
                output.Advance(NumberKey.Write(value, output.Reserve(NumberKey.MaxLength)));
                break;
            case BsonTypeRank.String:
                WriteText(ref output, value is BsonSymbol symbol ? symbol.Name : value.AsString);
                break;
            case BsonTypeRank.Document:
                WriteDocument(ref output, value.AsBsonDocument);
                break;
            case BsonTypeRank.Array:
                foreach (var item in value.AsBsonArray) WriteValue(ref output, item);
                output.Append(End);
                break;
            case BsonTypeRank.Binary:
                var binary = value.AsBsonBinaryData;
                WriteUInt32(ref output, (uint)binary.Bytes.Length);
                output.Append((byte)binary.SubType);
                output.Append(binary.Bytes);
                break;
            case BsonTypeRank.ObjectId:
                value.AsObjectId.ToByteArray().CopyTo(output.Reserve(12));
                output.Advance(12);
                break;
            case BsonTypeRank.Boolean:
                output.Append(value.AsBoolean ? (byte)1 : (byte)0);
                break;
            case BsonTypeRank.DateTime:
                WriteUInt64(ref output, (ulong)value.AsBsonDateTime.MillisecondsSinceEpoch ^ (1UL << 63));
                break;
            case BsonTypeRank.Timestamp:
                WriteUInt64(ref output, (ulong)value.AsBsonTimestamp.Value);
                break;
            case BsonTypeRank.RegularExpression:
                WriteText(ref output, value.AsBsonRegularExpression.Pattern);
                WriteText(ref output, value.AsBsonRegularExpression.Options);
                break;
            case BsonTypeRank.JavaScript:
                WriteText(ref output, value.AsBsonJavaScript.Code);
                break;
            case BsonTypeRank.JavaScriptWithScope:
                WriteText(ref output, value.AsBsonJavaScriptWithScope.Code);
                WriteDocument(ref output, value.AsBsonJavaScriptWithScope.Scope);
                break;
        }
    }

    private static void WriteDocument(ref KeyBuffer output, BsonDocument document)
    {
        foreach (var element in document)
        {
            var rank = BsonTypeRank.Of(element.Value.BsonType);
            output.Append(rank);
            WriteText(ref output, element.Name);
            WriteBody(ref output, rank, element.Value);
        }

        output.Append(End);
    }

    private static void WriteText(ref KeyBuffer output, string text)
    {
        var bytes = output.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, bytes);
        if (bytes[..length].Contains((byte)0))
        {
            foreach (var unit in Encoding.UTF8.GetBytes(text))
            {
                output.Append(unit);
                if (unit == 0) output.Append(0xFF);
            }
        }
        else
        {
            output.Advance(length);
        }

        output.Append(0);
        output.Append(1);
    }

    private static void WriteUInt32(ref KeyBuffer output, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.Reserve(4), value);
        output.Advance(4);
    }

    private static void WriteUInt64(ref KeyBuffer output, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(output.Reserve(8), value);
        output.Advance(8);
    }
}
