namespace Promethean.Broker.Testing;

/// <summary>A promise of the contract that an implementation does not keep.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>A broken promise without more to say.</summary>
    public ConformanceException()
        : this("The contract is not kept.")
    {
    }

    /// <summary>A broken promise.</summary>
    /// <param name="message">What was expected, and what came.</param>
    public ConformanceException(string message)
        : base(message)
    {
    }

    /// <summary>A broken promise.</summary>
    /// <param name="message">What was expected, and what came.</param>
    /// <param name="innerException">What was thrown instead.</param>
    public ConformanceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
