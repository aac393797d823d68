using MongoDB.Bson;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>A document put in place of a stored one, with what is known of how it came about; storage needs the bytes only.</summary>
/// <param name="Stored">The record as it was.</param>
/// <param name="Bytes">The document as it is to be.</param>
internal sealed record RecordChange(StoredDocument Stored, byte[] Bytes)
{
    /// <summary>The same as <see cref="Stored"/>, if it was decoded.</summary>
    public BsonDocument? Before { get; init; }

    /// <summary>The same as <see cref="Bytes"/>, if it was decoded.</summary>
    public BsonDocument? After { get; init; }

    /// <summary>The update that made it; null counts as a replacement.</summary>
    public UpdateOperation? Update { get; init; }
}
