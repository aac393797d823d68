namespace Promethean.Broker;

/// <summary>What happens to a rejected task.</summary>
public sealed class NackOptions
{
    /// <summary>How long it is held back before the next attempt, at most <see cref="QueueLimits.MaxDelay"/>. Default: zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether it goes to the dead letters at once, its attempts notwithstanding. Default: false.</summary>
    public bool DeadLetter { get; init; }

    /// <summary>Why, for the dead letter's headers; cut at <see cref="QueueLimits.MaxReasonLength"/> characters. Default: none.</summary>
    public string? Reason { get; init; }

    /// <summary>Refuses values out of range; for those who implement <see cref="IBrokerQueue"/>.</summary>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/>, naming the property.</exception>
    public void Validate()
    {
        if (Delay < TimeSpan.Zero || Delay > QueueLimits.MaxDelay)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"NackOptions.Delay is zero to {QueueLimits.MaxDelay}, not {Delay}.");
        }
    }
}
