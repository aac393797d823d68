namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>How much of the past is kept; the oldest changes go first.</summary>
internal sealed record OplogLimits(long MaxBytes, long MaxEntries);
