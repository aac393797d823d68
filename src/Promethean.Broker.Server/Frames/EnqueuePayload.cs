namespace Promethean.Broker.Server;

/// <summary>What <c>enqueue</c> carries; the value is its own copy, since it is kept.</summary>
internal sealed record EnqueuePayload(string Queue, JsonPayload Value, EnqueueOptions Options);
