namespace Promethean.DualSink;

/// <summary>What a document says of its vector.</summary>
/// <param name="Want">The hash of the vector record that should be there; null where the document has none.</param>
/// <param name="Have">The hash of the one that certainly is; null while that is not certain.</param>
/// <param name="Pending">Whether a write or delete is unfinished.</param>
/// <param name="Deleted">Whether the document is being deleted.</param>
internal sealed record SinkState(string? Want, string? Have, bool Pending, bool Deleted);
