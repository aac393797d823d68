namespace Promethean.Broker.Server;

/// <summary>What <c>ready</c> carries for a queue.</summary>
internal sealed record ConsumePayload(string Queue, string? Consumer, int Credit, TimeSpan Lease);
