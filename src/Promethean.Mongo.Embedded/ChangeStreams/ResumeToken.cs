using System.Buffers.Binary;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>
/// Writes a <see cref="StreamPosition"/> as the token that clients keep, and reads it back. As text, tokens stand in the order of
/// what they point at, like MongoDB's own.
/// <code>{_data: hex of 82, time (8 bytes, big-endian), kind (00 between events, 80 event), order (4 bytes), 01 if an invalidation else 00, 04}</code>
/// </summary>
internal static class ResumeToken
{
    private const int Length = 16;
    private const byte First = 0x82;
    private const byte Event = 0x80;
    private const byte Last = 0x04;

    public static BsonDocument Of(StreamPosition position)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = First;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], position.Time);
        bytes[9] = position.IsEvent ? Event : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(bytes[10..], Math.Max(0, position.Order));
        bytes[14] = position.IsInvalidation ? (byte)1 : (byte)0;
        bytes[15] = Last;
        return new BsonDocument("_data", Convert.ToHexString(bytes));
    }

    /// <exception cref="MongoCommandFailedException">Code 260: this is no token of this server.</exception>
    public static StreamPosition Parse(BsonDocument token)
    {
        if (!token.TryGetValue("_data", out var data)) throw Invalid($"Bad resume token: _data of missing or of wrong type: {token}");
        if (data is not BsonString { Value: var text } || text.Length != Length * 2) throw Invalid($"Invalid resume token: {token}");
        Span<byte> bytes = stackalloc byte[Length];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done
            || bytes[0] != First || bytes[9] is not (0 or Event) || bytes[14] > 1 || bytes[15] != Last)
        {
            throw Invalid($"Invalid resume token: {token}");
        }

        var order = BinaryPrimitives.ReadInt32BigEndian(bytes[10..]);
        return new StreamPosition(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), bytes[9] == Event ? order : -1, bytes[14] == 1);
    }

    private static MongoCommandFailedException Invalid(string message) => new(MongoErrorCode.InvalidResumeToken, message);
}
