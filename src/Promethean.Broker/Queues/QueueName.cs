namespace Promethean.Broker;

/// <summary>The names of queues and of what queues add to a task.</summary>
public static class QueueName
{
    /// <summary>The header of a dead letter that names the queue it came from.</summary>
    public const string DeadLetterQueueHeader = "x-dead-letter-queue";

    /// <summary>The header of a dead letter that says why it is one.</summary>
    public const string DeadLetterReasonHeader = "x-dead-letter-reason";

    /// <summary>The header of a dead letter with the attempts it had.</summary>
    public const string DeadLetterAttemptsHeader = "x-dead-letter-attempts";

    private const string DeadSuffix = ".dead";

    /// <summary>Whether the text can name a queue: the grammar of topics, with room for the name of its dead letters.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValid(string? name) =>
        BrokerTopic.IsValid(name) && (IsDeadLetters(name!) || name!.Length + DeadSuffix.Length <= BrokerTopic.MaxLength);

    /// <summary>The queue that holds a queue's dead letters: its name and <c>.dead</c>. A dead letter has no last attempt, so that
    /// queue has no dead letters of its own.</summary>
    /// <param name="queue">A queue's name.</param>
    public static string DeadLetters(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return IsDeadLetters(queue) ? queue : queue + DeadSuffix;
    }

    /// <summary>Whether the queue holds dead letters.</summary>
    /// <param name="queue">A queue's name.</param>
    public static bool IsDeadLetters(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.EndsWith(DeadSuffix, StringComparison.Ordinal);
    }
}
