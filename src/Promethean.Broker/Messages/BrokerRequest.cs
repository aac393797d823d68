namespace Promethean.Broker;

/// <summary>What a worker's handler is asked.</summary>
/// <param name="Id">The task's id, chosen by the broker.</param>
/// <param name="Action">The action's wire name.</param>
/// <param name="Payload">The caller's request.</param>
/// <param name="Deadline">When the caller stops waiting, if it said so.</param>
public sealed record BrokerRequest(string Id, string Action, JsonPayload Payload, DateTimeOffset? Deadline = null);
