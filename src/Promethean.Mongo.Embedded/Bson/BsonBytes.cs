using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Checks, reads and takes apart documents that lie in memory as BSON bytes (bsonspec.org, version 1.1).</summary>
internal static class BsonBytes
{
    private static readonly BsonBinaryReaderSettings ReaderSettings = new() { MaxDocumentSize = int.MaxValue };

    // A reply nests a stored document a few levels deeper.
    private static readonly BsonBinaryWriterSettings WriterSettings = new() { MaxDocumentSize = int.MaxValue, MaxSerializationDepth = BsonLimits.MaxNesting + 20 };

    // A computed value may hold another many times over: what cannot be sent is refused before all of it is written.
    private static readonly BsonBinaryWriterSettings ResultSettings = new() { MaxDocumentSize = BsonLimits.MaxReplyBytes, MaxSerializationDepth = BsonLimits.MaxNesting + 20 };

    /// <summary>
    /// Refuses bytes that are not exactly one well-formed document, are nested deeper than MongoDB allows, or hold text that is
    /// not UTF-8. What passes can be decoded without failure and without deep recursion.
    /// </summary>
    public static void Validate(ReadOnlySpan<byte> document)
    {
        if (document.Length < 5 || BinaryPrimitives.ReadInt32LittleEndian(document) != document.Length)
            throw Invalid("the length of a document does not match its bytes");
        ValidateDocument(document, 1);
    }

    /// <summary>Decodes a document that was validated; repeated field names are kept.</summary>
    public static BsonDocument Decode(ReadOnlyMemory<byte> document)
    {
        var segment = MemoryMarshal.TryGetArray(document, out var found)
            ? found
            : new ArraySegment<byte>(document.ToArray());
        using var buffer = new ByteArrayBuffer(segment.Array!, segment.Offset + segment.Count, isReadOnly: true);
        using var stream = new ByteBufferStream(buffer);
        stream.Position = segment.Offset;
        using var reader = new BsonBinaryReader(stream, ReaderSettings);
        var context = BsonDeserializationContext.CreateRoot(reader, static builder => builder.AllowDuplicateElementNames = true);
        return BsonDocumentSerializer.Instance.Deserialize(context);
    }

    /// <summary>Encodes a document.</summary>
    public static byte[] Encode(BsonDocument document) => document.ToBson(writerSettings: WriterSettings);

    /// <summary>Encodes a document to be stored, which must not be too large or too deep for a client to get back.</summary>
    public static byte[] EncodeForStorage(BsonDocument document)
    {
        var bytes = EncodeComputed(document);
        if (bytes.Length > BsonLimits.MaxDocumentBytes)
            throw new MongoCommandFailedException(MongoErrorCode.BSONObjectTooLarge, $"Resulting document after update is larger than {BsonLimits.MaxDocumentBytes}");
        Validate(bytes);
        return bytes;
    }

    /// <summary>Encodes a computed document for a client, who cannot take one that is too large.</summary>
    public static byte[] EncodeResult(BsonDocument document)
    {
        var bytes = EncodeComputed(document);
        return bytes.Length <= BsonLimits.MaxReplyBytes
            ? bytes
            : throw new MongoCommandFailedException(
                MongoErrorCode.BSONObjectTooLarge, $"BSONObj size: {bytes.Length} is invalid. Size must be between 0 and {BsonLimits.MaxReplyBytes}");
    }

    private static byte[] EncodeComputed(BsonDocument document)
    {
        try
        {
            return document.ToBson(writerSettings: ResultSettings);
        }
        catch (FormatException)
        {
            throw new MongoCommandFailedException(MongoErrorCode.BSONObjectTooLarge, $"BSONObj size is invalid. Size must be between 0 and {BsonLimits.MaxReplyBytes}");
        }
    }

    /// <summary>A validated document of which only those fields are decoded that are asked for by name: cheap for a few.</summary>
    public static BsonDocument Lazy(ReadOnlyMemory<byte> document)
    {
        var found = MemoryMarshal.TryGetArray(document, out var segment);
        var whole = new ByteArrayBuffer(found ? segment.Array! : document.ToArray(), isReadOnly: true);
        if (!found) return new RawBsonDocument(whole);
        return new RawBsonDocument(segment.Count == segment.Array!.Length ? whole : whole.GetSlice(segment.Offset, segment.Count));
    }

    /// <summary>Finds a top-level field: its type, where the element begins and where its value lies.</summary>
    public static bool TryFind(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name, out BsonElementSpan element)
    {
        var at = 4;
        while (at < document.Length - 1)
        {
            var start = at;
            var type = (BsonType)document[at++];
            var nameLength = document[at..].IndexOf((byte)0);
            var found = document.Slice(at, nameLength).SequenceEqual(name);
            at += nameLength + 1;
            var length = ValueLength(type, document[at..]);
            if (found)
            {
                element = new BsonElementSpan(type, start, at, length);
                return true;
            }

            at += length;
        }

        element = default;
        return false;
    }

    /// <summary>Decodes the value of an element that <see cref="TryFind"/> found.</summary>
    public static BsonValue ReadValue(ReadOnlyMemory<byte> document, BsonElementSpan element)
    {
        var value = document.Span.Slice(element.ValueStart, element.ValueLength);
        switch (element.Type)
        {
            case BsonType.ObjectId:
                return new ObjectId(value.ToArray());
            case BsonType.String:
                return Encoding.UTF8.GetString(value[4..^1]);
            case BsonType.Int32:
                return BinaryPrimitives.ReadInt32LittleEndian(value);
            case BsonType.Int64:
                return BinaryPrimitives.ReadInt64LittleEndian(value);
            default:
                // Wrap the one element as a document of its own, under an empty name.
                var wrapped = new byte[4 + 2 + value.Length + 1];
                BinaryPrimitives.WriteInt32LittleEndian(wrapped, wrapped.Length);
                wrapped[4] = (byte)element.Type;
                value.CopyTo(wrapped.AsSpan(6));
                return Decode(wrapped)[0];
        }
    }

    /// <summary>The document with an element put first, and what lies between two places left out.</summary>
    public static byte[] WithFirst(ReadOnlySpan<byte> document, ReadOnlySpan<byte> element, int cutStart, int cutEnd)
    {
        var result = new byte[document.Length + element.Length - (cutEnd - cutStart)];
        BinaryPrimitives.WriteInt32LittleEndian(result, result.Length);
        var rest = result.AsSpan(4);
        element.CopyTo(rest);
        document[4..cutStart].CopyTo(rest[element.Length..]);
        document[cutEnd..].CopyTo(rest[(element.Length + cutStart - 4)..]);
        return result;
    }

    private static void ValidateDocument(ReadOnlySpan<byte> document, int depth)
    {
        if (depth > BsonLimits.MaxNesting)
            throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"BSONObj exceeds maximum nested object depth: {BsonLimits.MaxNesting}");
        if (document[^1] != 0) throw Invalid("a document does not end in a zero byte");
        var rest = document[4..^1];
        while (!rest.IsEmpty)
        {
            var type = (BsonType)rest[0];
            rest = rest[1..];
            rest = rest[CString(rest)..];
            rest = rest[ValidateValue(type, rest, depth)..];
        }
    }

    private static int ValidateValue(BsonType type, ReadOnlySpan<byte> rest, int depth)
    {
        switch (type)
        {
            case BsonType.Double or BsonType.DateTime or BsonType.Timestamp or BsonType.Int64:
                return Fixed(8, rest);
            case BsonType.Int32:
                return Fixed(4, rest);
            case BsonType.ObjectId:
                return Fixed(12, rest);
            case BsonType.Decimal128:
                return Fixed(16, rest);
            case BsonType.Undefined or BsonType.Null or BsonType.MinKey or BsonType.MaxKey:
                return 0;
            case BsonType.Boolean:
                if (rest.IsEmpty || rest[0] > 1) throw Invalid("a boolean is neither 0 nor 1");
                return 1;
            case BsonType.String or BsonType.JavaScript or BsonType.Symbol:
                return Text(rest);
            case BsonType.Document or BsonType.Array:
                var length = Length(rest, 5);
                ValidateDocument(rest[..length], depth + 1);
                return length;
            case BsonType.Binary:
                return Binary(rest);
            case BsonType.RegularExpression:
                var pattern = CString(rest);
                return pattern + CString(rest[pattern..]);
            case BsonType.JavaScriptWithScope:
                var total = Length(rest, 14);
                var code = 4 + Text(rest[4..total]);
                if (Length(rest[code..total], 5) != total - code) throw Invalid("code with scope has a wrong length");
                ValidateDocument(rest[code..total], depth + 1);
                return total;
            default:
                throw Invalid($"the element type {(byte)type} is not known");
        }
    }

    private static int Fixed(int length, ReadOnlySpan<byte> rest) =>
        length <= rest.Length ? length : throw Invalid("a value goes past the end of its document");

    private static int Length(ReadOnlySpan<byte> rest, int least)
    {
        Fixed(4, rest);
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < least || length > rest.Length) throw Invalid("a length goes past the end of its document");
        return length;
    }

    private static int CString(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)0);
        if (end < 0) throw Invalid("a name has no end");
        if (!Utf8.IsValid(rest[..end])) throw Invalid("a name is not UTF-8");
        return end + 1;
    }

    private static int Text(ReadOnlySpan<byte> rest)
    {
        Fixed(4, rest);
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 1 || length > rest.Length - 4) throw Invalid("a string goes past the end of its document");
        if (rest[3 + length] != 0) throw Invalid("a string does not end in a zero byte");
        if (!Utf8.IsValid(rest.Slice(4, length - 1))) throw Invalid("a string is not UTF-8");
        return 4 + length;
    }

    private static int Binary(ReadOnlySpan<byte> rest)
    {
        Fixed(5, rest);
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 0 || length > rest.Length - 5) throw Invalid("binary data goes past the end of its document");
        var subType = (BsonBinarySubType)rest[4];
        if (subType is BsonBinarySubType.UuidLegacy or BsonBinarySubType.UuidStandard && length != 16) throw Invalid("a UUID does not have 16 bytes");
        if (rest[4] == 2 && (length < 4 || BinaryPrimitives.ReadInt32LittleEndian(rest[5..]) != length - 4)) throw Invalid("old binary data has a wrong length");
        return 5 + length;
    }

    private static int ValueLength(BsonType type, ReadOnlySpan<byte> rest) => type switch
    {
        BsonType.Double or BsonType.DateTime or BsonType.Timestamp or BsonType.Int64 => 8,
        BsonType.Int32 => 4,
        BsonType.ObjectId => 12,
        BsonType.Decimal128 => 16,
        BsonType.Boolean => 1,
        BsonType.String or BsonType.JavaScript or BsonType.Symbol => 4 + BinaryPrimitives.ReadInt32LittleEndian(rest),
        BsonType.Binary => 5 + BinaryPrimitives.ReadInt32LittleEndian(rest),
        BsonType.Document or BsonType.Array or BsonType.JavaScriptWithScope => BinaryPrimitives.ReadInt32LittleEndian(rest),
        BsonType.RegularExpression => PairLength(rest),
        _ => 0,
    };

    private static int PairLength(ReadOnlySpan<byte> rest)
    {
        var first = rest.IndexOf((byte)0) + 1;
        return first + rest[first..].IndexOf((byte)0) + 1;
    }

    private static MongoCommandFailedException Invalid(string what) =>
        new(MongoErrorCode.InvalidBSON, $"Invalid BSON: {what}.");
}
