namespace Promethean.Crawler;

/// <summary>The right to fetch from a host, until released. Only the holder of the current token may change the host's document.</summary>
internal sealed record HostLease(string HostKey, long Token, DateTimeOffset Until, int Failures);
