namespace Promethean.Broker.Testing;

/// <summary>The answers of the cases' workers.</summary>
internal static class Replies
{
    /// <summary>1 to <paramref name="last"/>, which is final; what follows it must never arrive.</summary>
    public static async IAsyncEnumerable<BrokerReply> CountAsync(int last, BrokerReply? after = null)
    {
        for (var i = 1; i < last; i++)
        {
            yield return ConformanceStage.Partial(i);
            await Task.Yield();
        }

        yield return ConformanceStage.Final(last);
        if (after is not null)
        {
            yield return after;
        }
    }

    /// <summary>The multiples of a number, the last one final.</summary>
    public static async IAsyncEnumerable<BrokerReply> TimesAsync(int number, int last)
    {
        for (var i = 1; i <= last; i++)
        {
            await Task.Yield();
            yield return i == last ? ConformanceStage.Final(i * number) : ConformanceStage.Partial(i * number);
        }
    }

    /// <summary>1 to <paramref name="last"/>, none of them final.</summary>
    public static async IAsyncEnumerable<BrokerReply> StepsAsync(int last)
    {
        for (var i = 1; i <= last; i++)
        {
            await Task.Yield();
            yield return ConformanceStage.Partial(i);
        }
    }

    public static async IAsyncEnumerable<BrokerReply> StepsThenThrowAsync(int last)
    {
        await foreach (var step in StepsAsync(last).ConfigureAwait(false))
        {
            yield return step;
        }

        throw new BrokerException(BrokerErrorCode.TooLarge, "The answer grew over its limit.");
    }

    public static async IAsyncEnumerable<BrokerReply> ThrowAsync(Exception thrown)
    {
        await Task.Yield();
        if (thrown is not null)
        {
            throw thrown;
        }

        yield break;
    }
}
