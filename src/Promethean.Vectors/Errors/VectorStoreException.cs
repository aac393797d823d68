namespace Promethean.Vectors;

/// <summary>What goes wrong with a vector store; the message says what, where, and what to do next.</summary>
public class VectorStoreException : Exception
{
    /// <summary>A failure to read or write, without more to say.</summary>
    public VectorStoreException()
        : this(VectorStoreError.Storage, "The vector store failed.")
    {
    }

    /// <summary>A failure to read or write.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    public VectorStoreException(string message)
        : this(VectorStoreError.Storage, message)
    {
    }

    /// <summary>A failure to read or write.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public VectorStoreException(string message, Exception innerException)
        : this(VectorStoreError.Storage, message, innerException)
    {
    }

    /// <summary>A failure of a kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public VectorStoreException(VectorStoreError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>The kind of failure.</summary>
    public VectorStoreError Error { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient => Error is VectorStoreError.Storage or VectorStoreError.InUse;
}
