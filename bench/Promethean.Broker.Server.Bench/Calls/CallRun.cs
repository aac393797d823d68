namespace Promethean.Broker.Server.Bench.Calls;

/// <summary>What one run of one caller came to; times in µs, bytes per call.</summary>
internal readonly record struct CallRun(double PerSecond, double Half, double NinetyNine, double Longest, double ServerMicroseconds, double ClientMicroseconds, double ClientBytes);
