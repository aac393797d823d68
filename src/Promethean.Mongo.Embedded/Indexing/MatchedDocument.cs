using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>A stored document that a query found.</summary>
/// <param name="Stored">The record.</param>
/// <param name="Position">The array element by which it matched, if by one.</param>
internal readonly record struct MatchedDocument(StoredDocument Stored, int? Position);
