namespace Promethean.Broker;

/// <summary>How one task is enqueued.</summary>
public sealed class EnqueueOptions
{
    /// <summary>Names the task within its queue, 1 to 128 characters: another one of the same name is not added while the first is
    /// in the queue, and for a while after (<see cref="QueueLimits.DedupeWindow"/>). Default: none, so nothing is deduplicated.</summary>
    public string? DedupeId { get; init; }

    /// <summary>How long the task is held back, at most <see cref="QueueLimits.MaxDelay"/>. Default: zero.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How often it is given out before it goes to the dead letters, at least 1. Default: the broker's
    /// (<see cref="QueueLimits.MaxAttempts"/> where it was not set otherwise).</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Names and values that travel beside the payload. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to wait for a connection while there is none; zero throws at once. Default: the client's
    /// <see cref="BrokerOptions.DisconnectedTimeout"/>.</summary>
    public TimeSpan? DisconnectedTimeout { get; init; }

    /// <summary>Refuses values out of range; for those who implement <see cref="IBrokerQueue"/>.</summary>
    /// <exception cref="BrokerException"><see cref="BrokerErrorCode.InvalidRequest"/>, naming the property.</exception>
    public void Validate()
    {
        if (DedupeId is { Length: 0 or > QueueLimits.MaxDedupeIdLength })
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"EnqueueOptions.DedupeId has 1 to {QueueLimits.MaxDedupeIdLength} characters, not {DedupeId.Length}.");
        }

        if (Delay < TimeSpan.Zero || Delay > QueueLimits.MaxDelay)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"EnqueueOptions.Delay is zero to {QueueLimits.MaxDelay}, not {Delay}.");
        }

        if (MaxAttempts < 1)
        {
            throw new BrokerException(BrokerErrorCode.InvalidRequest, $"EnqueueOptions.MaxAttempts is at least 1, not {MaxAttempts}.");
        }
    }
}
