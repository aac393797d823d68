using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>What one statement of a retryable write has done, kept for its retry.</summary>
/// <param name="Origin">The session and number of the write.</param>
/// <param name="Statement">The statement's number within the write.</param>
/// <param name="Result">What the client is told again.</param>
internal sealed record StatementResult(WriteOrigin Origin, int Statement, BsonDocument Result);
