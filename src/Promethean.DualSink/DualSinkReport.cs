namespace Promethean.DualSink;

/// <summary>What a reconciliation found and did.</summary>
/// <param name="Checked">Keys compared: documents that belong to the sink, and vectors without one.</param>
/// <param name="Repaired">Documents whose vector was written anew because it was missing, stale or unfinished.</param>
/// <param name="Deleted">Vectors removed because their document is gone, being deleted, or has none.</param>
/// <param name="Failed">Keys that still differ because a write failed; the next reconciliation tries them again.</param>
public sealed record DualSinkReport(long Checked, long Repaired, long Deleted, long Failed);
