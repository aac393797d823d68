namespace Promethean.Broker;

/// <summary>What goes wrong with a broker, by its code.</summary>
public sealed class BrokerException : Exception
{
    /// <summary>An internal error without more to say.</summary>
    public BrokerException()
        : this(BrokerErrorCode.Internal, "The broker failed.")
    {
    }

    /// <summary>An internal error.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    public BrokerException(string message)
        : this(BrokerErrorCode.Internal, message)
    {
    }

    /// <summary>An internal error.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public BrokerException(string message, Exception innerException)
        : this(BrokerErrorCode.Internal, message, innerException: innerException)
    {
    }

    /// <summary>An error of a code.</summary>
    /// <param name="code">The wire's code.</param>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="retryAfter">When trying again makes sense, where known.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public BrokerException(BrokerErrorCode code, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        RetryAfter = retryAfter;
    }

    /// <summary>The wire's code.</summary>
    public BrokerErrorCode Code { get; }

    /// <summary>When trying again makes sense; null where unknown.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient => Code is BrokerErrorCode.NoResponders or BrokerErrorCode.Timeout or BrokerErrorCode.Overloaded or BrokerErrorCode.Internal;
}
