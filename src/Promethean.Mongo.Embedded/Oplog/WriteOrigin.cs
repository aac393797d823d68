namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>The client session that a numbered write comes from.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Number">Its transaction number.</param>
/// <param name="IsTransaction">Whether the changes are one multi-document transaction, else a retryable write.</param>
internal sealed record WriteOrigin(Guid Session, long Number, bool IsTransaction);
