namespace Promethean.Broker.Testing;

/// <summary>A broker around a test: made before it, disposed after it, and in the message of whatever it throws.</summary>
public static class MockBroker
{
    private static readonly string[] Verdicts = ["Skip", "Ignore", "Inconclusive", "Success"];

    /// <summary>Runs a test with a broker of its own.</summary>
    /// <param name="options">Faults, seed and limits; the defaults where left out.</param>
    /// <param name="test">The test.</param>
    /// <param name="time">The broker's clock; the system's where left out.</param>
    /// <exception cref="BrokerAssertionException">What the test threw, as the inner exception, with the seed and the timeline. A
    /// cancellation, and what a test framework throws to skip a test, stay as they are.</exception>
    public static async Task WithMockBrokerAsync(InMemoryBrokerOptions? options, Func<InMemoryBroker, Task> test, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        var broker = new InMemoryBroker(options, time);
        try
        {
            await test(broker).ConfigureAwait(false);
            await broker.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw broker.Failure(e.Message, e);
        }
        finally
        {
            broker.Abandon();
        }
    }

    /// <summary>Whether an exception is a test's failure that does not tell the broker's story yet.</summary>
    internal static bool IsFailure(Exception exception) =>
        exception is not (BrokerAssertionException or OperationCanceledException)
        && !Verdicts.Any(verdict => exception.GetType().Name.Contains(verdict, StringComparison.Ordinal) || exception.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal));
}
