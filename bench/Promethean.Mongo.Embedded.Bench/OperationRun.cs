namespace Promethean.Mongo.Embedded.Bench;

/// <summary>What one run came to; times in µs and bytes are per operation.</summary>
internal readonly record struct OperationRun(double PerSecond, double ServerMicroseconds, double ServerBytes);
