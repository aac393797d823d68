namespace Promethean.Broker;

/// <summary>What every client refuses before anything leaves it, in the same words.</summary>
internal static class CallRules
{
    private const string Segments = "segments of letters, digits, '-' and '_', joined by dots";

    public static void ThrowIfNoTopic(string topic)
    {
        if (!BrokerTopic.IsValid(topic))
        {
            throw Refused($"'{topic}' is not a topic: {Segments}.");
        }
    }

    public static void ThrowIfNoPattern(string pattern)
    {
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            throw Refused($"'{pattern}' is neither a topic nor a pattern with '*' segments or a last '>'.");
        }
    }

    public static void ThrowIfNoAction(string action)
    {
        if (!BrokerActions.IsValid(action))
        {
            throw Refused($"'{action}' is not an action's name: {Segments}.");
        }
    }

    public static void ThrowIfNoQueue(string queue)
    {
        if (!QueueName.IsValid(queue))
        {
            throw Refused($"'{queue}' is not a queue's name: {Segments}.");
        }
    }

    public static void ThrowIfNotServable(IReadOnlyCollection<string> actions, ServeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1, nameof(options));
        if (actions.Count == 0)
        {
            throw Refused("A worker serves at least one action.");
        }

        if (actions.FirstOrDefault(action => !BrokerActions.IsValid(action) || BrokerActions.IsBuiltIn(action)) is { } refused)
        {
            throw Refused($"'{refused}' is not an action that a worker can serve.");
        }
    }

    private static BrokerException Refused(string reason) => new(BrokerErrorCode.InvalidRequest, reason);
}
