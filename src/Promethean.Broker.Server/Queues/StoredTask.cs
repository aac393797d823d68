namespace Promethean.Broker.Server;

/// <summary>A task as a journal keeps it: all that a broker needs to go on with it.</summary>
public sealed record StoredTask
{
    /// <summary>Its id, which no other task has, in no queue.</summary>
    public required string Id { get; init; }

    /// <summary>Its place among the tasks of its queue.</summary>
    public required long Sequence { get; init; }

    /// <summary>The queue it is in; a dead letter's is the one of the dead letters.</summary>
    public required string Queue { get; init; }

    /// <summary>What it carries; never changes. Not needed of a task that has ended.</summary>
    public required JsonPayload Payload { get; init; }

    /// <summary>What travels beside the payload.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Its name (<see cref="EnqueueOptions.DedupeId"/>); null for none.</summary>
    public string? DedupeId { get; init; }

    /// <summary>The queue in which that is its name: the one it came to first. Null without a name.</summary>
    public string? DedupeQueue { get; init; }

    /// <summary>How often it is given out before it is a dead letter.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>How often it has been given out.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Not given out before.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When it ended: done, or a dead letter that made room. Null while it is in its queue.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>When its name is forgotten, and with it, once it has ended, the task; null while nothing has ended it.</summary>
    public DateTimeOffset? FadesAt { get; init; }
}
