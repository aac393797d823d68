namespace Promethean.Broker;

/// <summary>A task as its broker keeps it.</summary>
internal sealed class BookedTask(string id, long sequence, JsonPayload payload, DateTimeOffset enqueuedAt)
{
    public string Id => id;

    /// <summary>Its place in the queue, which it keeps when it comes back.</summary>
    public long Sequence => sequence;

    public JsonPayload Payload => payload;

    public DateTimeOffset EnqueuedAt => enqueuedAt;

    public required string Queue { get; set; }

    public required IReadOnlyDictionary<string, string> Headers { get; set; }

    /// <summary>Its name among the tasks of its queue, until the name begins to fade.</summary>
    public string? DedupeId { get; set; }

    public required int MaxAttempts { get; init; }

    /// <summary>How often it has been given out.</summary>
    public int Attempts { get; set; }

    /// <summary>Who holds it; null while it waits.</summary>
    public object? Holder { get; set; }

    /// <summary>When it may be given out, while it waits; when its lease runs out, while it is held.</summary>
    public DateTimeOffset Due { get; set; }

    public QueueTask ToTask() => new(Id, Queue, Payload, Attempts, EnqueuedAt, Headers);
}
