namespace Promethean.Broker.Server;

/// <summary>A journal of tasks cannot be read or written.</summary>
public class TaskJournalException : Exception
{
    /// <summary>Without more to say.</summary>
    public TaskJournalException()
        : this("The journal of the queues failed.")
    {
    }

    /// <summary>With what happened.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    public TaskJournalException(string message)
        : base(message)
    {
    }

    /// <summary>With what happened and why.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public TaskJournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
