using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>The key of a stored document in the index on <c>_id</c>, the same bytes that <see cref="KeyString"/> makes of the value.</summary>
internal static class IdKey
{
    /// <summary>Makes the key from a document's bytes; of an ObjectId, which most are, without decoding it.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> document)
    {
        if (!BsonBytes.TryFind(document.Span, "_id"u8, out var id)) return KeyString.Encode(BsonNull.Value);
        return id.Type == BsonType.ObjectId
            ? [BsonTypeRank.ObjectId, .. document.Span.Slice(id.ValueStart, id.ValueLength)]
            : KeyString.Encode(BsonBytes.ReadValue(document, id));
    }
}
