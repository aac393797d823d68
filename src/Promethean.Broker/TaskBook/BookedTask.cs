using System.Globalization;

namespace Promethean.Broker;

/// <summary>A task as its broker keeps it.</summary>
internal sealed class BookedTask(string id, long sequence, JsonPayload payload, DateTimeOffset enqueuedAt)
{
    // What a task costs beside its texts: this object, its places in sets and dictionaries.
    private const int Overhead = 512;

    public string Id => id;

    /// <summary>Its place in the queue, which it keeps when it comes back.</summary>
    public long Sequence => sequence;

    public JsonPayload Payload => payload;

    public DateTimeOffset EnqueuedAt => enqueuedAt;

    public required string Queue { get; set; }

    /// <summary>Replaced as a whole, never changed.</summary>
    public required IReadOnlyDictionary<string, string> Headers
    {
        get;
        set
        {
            field = value;
            Size = Overhead + Payload.Utf8.Length + (value.Count == 0 ? 0 : value.Sum(header => 2 * (header.Key.Length + header.Value.Length)));
        }
    }

    /// <summary>What it is reckoned to take of memory, in bytes.</summary>
    public int Size { get; private set; }

    /// <summary>Its name, in the queue it came to first.</summary>
    public TaskName? Name { get; init; }

    /// <summary>When its name is forgotten; null while nothing has ended it.</summary>
    public DateTimeOffset? FadesAt { get; set; }

    /// <summary>Whose it is, and whose share of the queues it takes; null for nobody's.</summary>
    public string? Owner { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>How often it has been given out.</summary>
    public int Attempts { get; set; }

    /// <summary>Who holds it; null while it waits.</summary>
    public object? Holder { get; set; }

    /// <summary>Whether something must happen elsewhere before it is in its queue, or in its holder's hands.</summary>
    public bool IsOnTheWay { get; set; }

    /// <summary>When it may be given out, while it waits; when its lease runs out, while it is held.</summary>
    public DateTimeOffset Due { get; set; }

    public QueueTask ToTask() => new(Id, Queue, Payload, Attempts, EnqueuedAt, Headers);

    /// <summary>The headers it has as a dead letter.</summary>
    public Dictionary<string, string> DeadLetterHeaders(string reason) => new(Headers)
    {
        [QueueName.DeadLetterQueueHeader] = Queue,
        [QueueName.DeadLetterReasonHeader] = reason.Length > QueueLimits.MaxReasonLength ? reason[..QueueLimits.MaxReasonLength] : reason,
        [QueueName.DeadLetterAttemptsHeader] = Attempts.ToString(CultureInfo.InvariantCulture),
    };
}
