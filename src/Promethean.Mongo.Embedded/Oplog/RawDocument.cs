using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>Puts documents that are bytes already behind the fields of another, without decoding them.</summary>
internal static class RawDocument
{
    /// <summary>The document with a field for each value that is not empty.</summary>
    public static byte[] Append(ReadOnlySpan<byte> document, params ReadOnlySpan<(string Name, ReadOnlyMemory<byte> Value)> fields)
    {
        var length = document.Length;
        foreach (var (name, value) in fields)
        {
            if (!value.IsEmpty) length += 2 + name.Length + value.Length;
        }

        var result = Begin(document, length);
        var at = document.Length - 1;
        foreach (var (name, value) in fields)
        {
            if (!value.IsEmpty) at = Write(result, at, BsonType.Document, name, value.Span);
        }

        return result;
    }

    /// <summary>The document with an array of documents as its last field.</summary>
    public static byte[] AppendArray(ReadOnlySpan<byte> document, string name, IReadOnlyList<byte[]> items)
    {
        var arrayLength = 5;
        for (var i = 0; i < items.Count; i++) arrayLength += 2 + Digits(i) + items[i].Length;
        var result = Begin(document, document.Length + 2 + name.Length + arrayLength);
        var at = document.Length - 1;
        result[at++] = (byte)BsonType.Array;
        at += Encoding.ASCII.GetBytes(name, result.AsSpan(at)) + 1;
        BinaryPrimitives.WriteInt32LittleEndian(result.AsSpan(at), arrayLength);
        at += 4;
        for (var i = 0; i < items.Count; i++) at = Write(result, at, BsonType.Document, i.ToString(CultureInfo.InvariantCulture), items[i]);
        return result;
    }

    private static byte[] Begin(ReadOnlySpan<byte> document, int length)
    {
        var result = new byte[length];
        document[..^1].CopyTo(result);
        BinaryPrimitives.WriteInt32LittleEndian(result, length);
        return result;
    }

    private static int Write(byte[] result, int at, BsonType type, string name, ReadOnlySpan<byte> value)
    {
        result[at++] = (byte)type;
        at += Encoding.ASCII.GetBytes(name, result.AsSpan(at)) + 1;
        value.CopyTo(result.AsSpan(at));
        return at + value.Length;
    }

    private static int Digits(int number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10) digits++;
        return digits;
    }
}
