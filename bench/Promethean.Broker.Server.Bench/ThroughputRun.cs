namespace Promethean.Broker.Server.Bench;

/// <summary>What one run of one peer came to; times in µs and bytes are per message.</summary>
internal readonly record struct ThroughputRun(
    int Messages, double PerSecond, double ServerMicroseconds, double ClientMicroseconds, double ServerBytes, double ClientBytes);
