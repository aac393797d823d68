using System.Buffers.Binary;
using System.Text;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Reads the legacy OP_QUERY, in which drivers still shake hands and authenticate (on <c>admin.$cmd</c>).</summary>
internal static class OpQueryReader
{
    private const int NameStart = MessageHeader.Size + 4;

    /// <summary>Reads the command out of a whole message, header included.</summary>
    public static CommandRequest Read(ReadOnlyMemory<byte> message)
    {
        var span = message.Span;
        if (span.Length < NameStart + 1 + 8 + 5) throw new ProtocolViolationException("OP_QUERY is too short.");
        var nameLength = span[NameStart..].IndexOf((byte)0);
        var documentStart = NameStart + nameLength + 1 + 8;
        if (nameLength < 0 || documentStart + 5 > span.Length) throw new ProtocolViolationException("OP_QUERY is cut short.");
        var collection = Encoding.UTF8.GetString(span.Slice(NameStart, nameLength));
        var length = BinaryPrimitives.ReadInt32LittleEndian(span[documentStart..]);
        if (length < 5 || length > span.Length - documentStart) throw new ProtocolViolationException("OP_QUERY has a wrong document length.");
        var document = message.Slice(documentStart, length);
        BsonBytes.Validate(document.Span);
        var body = BsonBytes.Decode(document);
        if (body.TryGetValue("$query", out var inner) && inner.IsBsonDocument) body = inner.AsBsonDocument;
        var isHandshake = collection.EndsWith(".$cmd", StringComparison.Ordinal) && body.ElementCount > 0
            && body.GetElement(0).Name is "isMaster" or "ismaster" or "hello" or "saslStart" or "saslContinue";
        if (!isHandshake)
        {
            throw new MongoCommandFailedException(
                352, "UnsupportedOpQueryCommand", "OP_QUERY is only supported for the handshake (hello, isMaster, saslStart, saslContinue). The client driver may require an upgrade.");
        }

        return new CommandRequest { Body = body, Database = collection[..^".$cmd".Length] };
    }
}
