namespace Promethean.Broker;

/// <summary>A task as the broker hands it to a worker.</summary>
internal sealed record TaskAssignment(
    string Id,
    string Action,
    JsonPayload Payload,
    TimeSpan? TimeLeft,
    string? Worker,
    string? TraceParent);
