using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Vectors;

namespace Promethean.DualSink;

/// <summary>One write: a change to a document, and the vector that stands for the document after it.</summary>
public sealed record DualSinkEntry
{
    /// <summary>The document's <c>_id</c>; not empty. A document that is not there is inserted.</summary>
    public required string Key { get; init; }

    /// <summary>The change, made of update operators (not a pipeline); it must leave the field <c>sink</c> alone.</summary>
    public required UpdateDefinition<BsonDocument> Update { get; init; }

    /// <summary>The vector; its id must be <see cref="Key"/>.</summary>
    public required VectorRecord Vector { get; init; }
}
