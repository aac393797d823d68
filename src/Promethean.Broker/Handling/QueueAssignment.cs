namespace Promethean.Broker;

/// <summary>A task as the broker hands it to a consumer.</summary>
internal sealed record QueueAssignment(QueueTask Task, string? Consumer);
