namespace Promethean.Broker;

/// <summary>What a consumer receives: the <c>task</c> of the wire's <c>task-assigned</c> event.</summary>
/// <param name="Id">Unique per task, the same at each attempt and among the dead letters.</param>
/// <param name="Queue">The queue it was taken from.</param>
/// <param name="Payload">The enqueued JSON.</param>
/// <param name="Attempts">How often it has been given out, this time included; from 1.</param>
/// <param name="EnqueuedAt">When the broker accepted it; milliseconds since the epoch on the wire.</param>
/// <param name="Headers">Names and values as enqueued; empty where there are none.</param>
public sealed record QueueTask(
    string Id,
    string Queue,
    JsonPayload Payload,
    int Attempts,
    DateTimeOffset EnqueuedAt,
    IReadOnlyDictionary<string, string> Headers);
