namespace Promethean.Broker.Server;

/// <summary>A task as it is from now on.</summary>
/// <param name="Task">All of it.</param>
/// <param name="IsNew">Whether the journal may not have it yet; otherwise it does, and the payload need not be written again.</param>
public sealed record TaskChange(StoredTask Task, bool IsNew);
