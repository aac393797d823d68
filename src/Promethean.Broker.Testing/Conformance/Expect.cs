namespace Promethean.Broker.Testing;

/// <summary>The checks of the conformance cases.</summary>
internal static class Expect
{
    public static void That(bool holds, string promise)
    {
        if (!holds)
        {
            throw new ConformanceException($"Expected: {promise}.");
        }
    }

    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"Expected {what} to be {expected}, but it was {actual}.");
        }
    }

    public static void Sequence(IEnumerable<int> expected, IReadOnlyCollection<int> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new ConformanceException($"Expected {what} to be [{string.Join(", ", expected)}], but it was [{string.Join(", ", actual)}].");
        }
    }

    /// <summary>The exception of a type that the call throws.</summary>
    public static async Task<TException> ThrowsAsync<TException>(Func<Task> call, string what)
        where TException : Exception
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other)
        {
            throw new ConformanceException($"Expected {what} to throw {typeof(TException).Name}, but it threw {other.GetType().Name}: {other.Message}", other);
        }

        throw new ConformanceException($"Expected {what} to throw {typeof(TException).Name}, but it threw nothing.");
    }

    /// <summary>The broker's error of a code that the call throws.</summary>
    public static async Task<BrokerException> FailsAsync(BrokerErrorCode code, Func<Task> call, string what)
    {
        var error = await ThrowsAsync<BrokerException>(call, what).ConfigureAwait(false);
        Equal(code, error.Code, $"the code of {what}");
        return error;
    }
}
