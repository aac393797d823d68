namespace Promethean.Mongo.Embedded;

/// <summary>The embedded server cannot start or go on; the message says what is wrong, where, and what to do next.</summary>
/// <remarks>Errors that a client causes are not exceptions of this family: they travel to that client as MongoDB error replies.</remarks>
public class EmbeddedMongoException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public EmbeddedMongoException()
    {
    }

    /// <summary>Makes an exception that says what is wrong and what to do next.</summary>
    /// <param name="message">What is wrong, where, and what to do next.</param>
    public EmbeddedMongoException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception that says what is wrong and keeps its cause.</summary>
    /// <param name="message">What is wrong, where, and what to do next.</param>
    /// <param name="innerException">The failure underneath.</param>
    public EmbeddedMongoException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
