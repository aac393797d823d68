namespace Promethean.Broker.Testing;

/// <summary>A test's expectation that did not hold; the message tells the seed and the timeline.</summary>
public sealed class BrokerAssertionException : Exception
{
    /// <summary>An expectation that did not hold, without more to say.</summary>
    public BrokerAssertionException()
        : this("An expectation of the broker did not hold.")
    {
    }

    /// <summary>An expectation that did not hold.</summary>
    /// <param name="message">What was expected, and what came.</param>
    public BrokerAssertionException(string message)
        : base(message)
    {
    }

    /// <summary>An expectation that did not hold.</summary>
    /// <param name="message">What was expected, and what came.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public BrokerAssertionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
