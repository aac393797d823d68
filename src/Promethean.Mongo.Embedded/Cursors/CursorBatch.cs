using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>One batch of a cursor: the <c>cursor</c> field of a reply.</summary>
internal sealed class CursorBatch
{
    /// <summary>The cursor to ask for more, or 0 when this batch was the last.</summary>
    public required long CursorId { get; init; }

    /// <summary>The namespace read: <c>database.collection</c>.</summary>
    public required string Namespace { get; init; }

    /// <summary>Whether this is the batch of the first reply (<c>firstBatch</c>) or of a getMore (<c>nextBatch</c>).</summary>
    public required bool IsFirst { get; init; }

    /// <summary>From where a change stream goes on after this batch; null for other cursors.</summary>
    public BsonDocument? PostBatchResumeToken { get; init; }

    /// <summary>The documents as BSON bytes, in order.</summary>
    public required IReadOnlyList<byte[]> Documents { get; init; }
}
