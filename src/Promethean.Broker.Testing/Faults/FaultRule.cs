namespace Promethean.Broker.Testing;

/// <summary>A fault for some topics, actions or queues.</summary>
/// <param name="Pattern">A topic or pattern; actions and queues are matched by their names in the same grammar.</param>
/// <param name="Action">What happens to what it matches.</param>
public sealed record FaultRule(string Pattern, FaultAction Action)
{
    /// <summary>Which of those that the pattern takes; a request and a task come as a message whose topic is the action's or the
    /// queue's name. Default: all.</summary>
    public Func<BrokerMessage, bool>? When { get; init; }

    /// <summary>How likely it is for each, 0 to 1. Default: 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How much later; only for <see cref="FaultAction.Delay"/>, which needs it. Default: zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The code of the error; only for <see cref="FaultAction.Error"/>. Default: <see cref="BrokerErrorCode.Internal"/>.</summary>
    public BrokerErrorCode Error { get; init; } = BrokerErrorCode.Internal;

    internal void Validate()
    {
        if (!BrokerTopic.IsValidPattern(Pattern))
        {
            throw new ArgumentException($"FaultRule.Pattern '{Pattern}' is not a topic or pattern: '*' stands for a segment, a last '>' for one or more.");
        }

        FaultPlan.CheckRate(Rate, $"FaultRule.Rate of '{Pattern}'");
        if (Action == FaultAction.Delay ? Delay <= TimeSpan.Zero : Delay != TimeSpan.Zero)
        {
            throw new ArgumentException($"FaultRule '{Pattern}': Delay is {Delay} and Action is {Action}; a delay is more than zero for FaultAction.Delay and zero for the others.");
        }
    }
}
