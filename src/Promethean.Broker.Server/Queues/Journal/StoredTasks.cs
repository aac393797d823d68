namespace Promethean.Broker.Server;

/// <summary>Tasks of the book as a journal keeps them, and back.</summary>
internal static class StoredTasks
{
    // A character has up to three bytes in UTF-8, and a stored header something around it.
    private const int BytesOfCharacter = 3;
    private const int BytesAroundHeader = 64;

    /// <summary>All that a journal has kept.</summary>
    /// <exception cref="TaskJournalException">It cannot be read.</exception>
    public static async Task<List<StoredTask>> ReadAsync(ITaskJournal journal, CancellationToken cancellationToken)
    {
        var kept = new List<StoredTask>();
        try
        {
            await foreach (var task in journal.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                kept.Add(task);
            }
        }
        catch (Exception e) when (e is not TaskJournalException && !cancellationToken.IsCancellationRequested)
        {
            throw new TaskJournalException($"The queues could not be read from their journal, so the broker does not start: {e.Message}", e);
        }

        return kept;
    }

    /// <summary>What a journal may need for a task, at most.</summary>
    public static long Size(EnqueuePayload task) => task.Value.Utf8.Length
        + task.Options.Headers.Sum(header => BytesAroundHeader + ((long)BytesOfCharacter * (header.Key.Length + header.Value.Length)));

    public static TaskChange New(BookedTask task) => new(Describe(task, task.Due, null), IsNew: true);

    /// <summary>A task that the journal has, as it is now.</summary>
    public static TaskChange Changed(BookedTask task, DateTimeOffset now) =>
        new(Describe(task, task.Holder is null ? task.Due : now, null), IsNew: false);

    public static TaskChange Ended(BookedTask task, DateTimeOffset now) => new(Describe(task, now, now), IsNew: false);

    public static TaskName? Name(StoredTask task) =>
        task is { DedupeId: { } dedupeId, DedupeQueue: { } queue } ? new TaskName(queue, dedupeId) : null;

    public static BookedTask Book(StoredTask task) => new(task.Id, task.Sequence, task.Payload, task.EnqueuedAt)
    {
        Queue = task.Queue,
        Headers = task.Headers,
        Name = Name(task),
        FadesAt = task.FadesAt,
        MaxAttempts = task.MaxAttempts,
        Attempts = task.Attempts,
        Due = task.Due,
    };

    private static StoredTask Describe(BookedTask task, DateTimeOffset due, DateTimeOffset? doneAt) => new()
    {
        Id = task.Id,
        Sequence = task.Sequence,
        Queue = task.Queue,
        Payload = task.Payload,
        Headers = task.Headers,
        DedupeId = task.Name?.DedupeId,
        DedupeQueue = task.Name?.Queue,
        MaxAttempts = task.MaxAttempts,
        Attempts = task.Attempts,
        EnqueuedAt = task.EnqueuedAt,
        Due = due,
        DoneAt = doneAt,
        FadesAt = task.FadesAt ?? doneAt,
    };
}
