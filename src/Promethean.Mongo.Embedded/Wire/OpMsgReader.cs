using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Reads OP_MSG: flag bits, then one section of kind 0 (the command) and any number of kind 1 (its documents), then perhaps a CRC-32C.</summary>
internal static class OpMsgReader
{
    private const uint RequiredBits = 0xFFFF;

    /// <summary>The flags, which must be known before anything else can fail with a reply.</summary>
    public static OpMsgFlags ReadFlags(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageHeader.Size + 4 + 1) throw new ProtocolViolationException("OP_MSG is too short.");
        var flags = (OpMsgFlags)BinaryPrimitives.ReadUInt32LittleEndian(message[MessageHeader.Size..]);
        if (((uint)flags & RequiredBits & ~(uint)(OpMsgFlags.ChecksumPresent | OpMsgFlags.MoreToCome)) != 0)
            throw new ProtocolViolationException("OP_MSG has unknown required flag bits.");
        return flags;
    }

    /// <summary>Reads the command out of a whole message, header included.</summary>
    public static CommandRequest Read(ReadOnlyMemory<byte> message, OpMsgFlags flags)
    {
        var end = message.Length;
        if ((flags & OpMsgFlags.ChecksumPresent) != 0)
        {
            end -= 4;
            if (end < MessageHeader.Size + 5 || Checksum(message.Span[..end]) != BinaryPrimitives.ReadUInt32LittleEndian(message.Span[end..]))
                throw new ProtocolViolationException("OP_MSG checksum does not match its content.");
        }

        BsonDocument? body = null;
        Dictionary<string, IReadOnlyList<ReadOnlyMemory<byte>>>? sequences = null;
        var rest = message[(MessageHeader.Size + 4)..end];
        while (!rest.IsEmpty)
        {
            var kind = rest.Span[0];
            rest = rest[1..];
            var length = SectionLength(rest.Span);
            var section = rest[..length];
            rest = rest[length..];
            switch (kind)
            {
                case 0 when body is null:
                    BsonBytes.Validate(section.Span);
                    body = BsonBytes.Decode(section);
                    break;
                case 1:
                    sequences ??= [];
                    var (name, documents) = ReadSequence(section);
                    if (!sequences.TryAdd(name, documents)) throw Malformed($"Duplicate document sequence {name}");
                    break;
                default:
                    throw Malformed(kind == 0 ? "OP_MSG has more than one body" : $"Unknown section kind {kind}");
            }
        }

        if (body is null || body.ElementCount == 0) throw Malformed("OP_MSG has no command");
        if (!body.TryGetValue("$db", out var database) || !database.IsString)
            throw new MongoCommandFailedException(40571, "Location40571", "OP_MSG requests require a $db argument");
        foreach (var name in sequences?.Keys ?? Enumerable.Empty<string>())
        {
            if (body.Contains(name)) throw Malformed($"Duplicate field between body and document sequence {name}");
        }

        return new CommandRequest
        {
            Body = body,
            Database = database.AsString,
            Sequences = sequences ?? [],
            ReplyExpected = (flags & OpMsgFlags.MoreToCome) == 0,
        };
    }

    /// <summary>CRC-32C (Castagnoli) as OP_MSG wants it.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    private static int SectionLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 5) throw Malformed("A section is cut short");
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length >= 5 && length <= rest.Length ? length : throw Malformed("A section's length does not match the message");
    }

    private static (string Name, List<ReadOnlyMemory<byte>> Documents) ReadSequence(ReadOnlyMemory<byte> section)
    {
        var nameLength = section.Span[4..].IndexOf((byte)0);
        if (nameLength < 0) throw Malformed("A document sequence has no name");
        var name = Encoding.UTF8.GetString(section.Span.Slice(4, nameLength));
        var documents = new List<ReadOnlyMemory<byte>>();
        for (var rest = section[(4 + nameLength + 1)..]; !rest.IsEmpty;)
        {
            var length = SectionLength(rest.Span);
            BsonBytes.Validate(rest.Span[..length]);
            documents.Add(rest[..length]);
            rest = rest[length..];
        }

        return (name, documents);
    }

    private static MongoCommandFailedException Malformed(string message) => new(MongoErrorCode.ProtocolError, message);
}
