namespace Promethean.Broker.Server;

/// <summary>The journal is another broker's now; trying again does not help.</summary>
public sealed class TaskJournalLostException : TaskJournalException
{
    /// <summary>Without more to say.</summary>
    public TaskJournalLostException()
        : this("Another broker keeps these queues now.")
    {
    }

    /// <summary>With what happened.</summary>
    /// <param name="message">Who has it, as far as known.</param>
    public TaskJournalLostException(string message)
        : base(message)
    {
    }

    /// <summary>With what happened and why.</summary>
    /// <param name="message">Who has it, as far as known.</param>
    /// <param name="innerException">The cause.</param>
    public TaskJournalLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
