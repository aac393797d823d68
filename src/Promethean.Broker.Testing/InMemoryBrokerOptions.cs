namespace Promethean.Broker.Testing;

/// <summary>The faults, the seed and the limits of an <see cref="InMemoryBroker"/>.</summary>
public sealed class InMemoryBrokerOptions
{
    /// <summary>Where all chance comes from: the same seed and the same calls give the same run. Every failure message names it.
    /// Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>What goes wrong from the start. Default: <see cref="FaultPlan.None"/>.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>When what has no latency is delivered. Default: <see cref="DeliveryMode.Inline"/>.</summary>
    public DeliveryMode Delivery { get; init; }

    /// <summary>Whether a publish throws what its subscribers' handlers threw before their first real wait, and that a subscription
    /// overflowed with <see cref="BrokerOverflow.Throw"/>. A real broker never does; it helps to find a failing handler. Default: false.</summary>
    public bool PropagateHandlerExceptions { get; init; }

    /// <summary>How long a request waits for its final event, and any call for its acknowledgement, where the call does not say.
    /// Default: 60 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call waits for its client to reconnect, where the call does not say. Default: 5 s.</summary>
    public TimeSpan DisconnectedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests that wait for a worker's credit, over all actions; one more is refused with
    /// <see cref="BrokerErrorCode.Overloaded"/>. Default: 1,024.</summary>
    public int MaxQueuedRequests { get; init; } = 1024;

    /// <summary>Tasks of one queue; one more is refused with <see cref="BrokerErrorCode.Overloaded"/>. Default: 10,000.</summary>
    public int MaxQueuedTasks { get; init; } = 10_000;

    /// <summary>How often a queue's task is given out where it does not say. Default: <see cref="QueueLimits.MaxAttempts"/>.</summary>
    public int MaxTaskAttempts { get; init; } = QueueLimits.MaxAttempts;

    /// <summary>How long the <see cref="EnqueueOptions.DedupeId"/> of a task that is done is remembered. Default:
    /// <see cref="QueueLimits.DedupeWindow"/>.</summary>
    public TimeSpan DedupeWindow { get; init; } = QueueLimits.DedupeWindow;

    /// <summary>What an <see cref="BrokerErrorCode.Overloaded"/> of the broker itself says about when to try again. Default: 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events of one answer held for a caller that is behind; one more fails the request with
    /// <see cref="BrokerErrorCode.Overloaded"/> and cancels the work. Default: 4,096.</summary>
    public int MaxPendingReplies { get; init; } = 4096;

    /// <summary>Entries of the log that are kept, the newest. Default: 10,000.</summary>
    public int LogCapacity { get; init; } = 10_000;

    /// <summary>How long, in real time, waiting for quiet goes on while nothing moves; then it fails and shows what is still under
    /// way. No limit under a debugger. Default: 10 s.</summary>
    public TimeSpan HangGuard { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the whole trace of a failure is written. Default: the system's folder for temporary files.</summary>
    public string TraceDirectory { get; init; } = Path.GetTempPath();

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Faults);
        Faults.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DisconnectedTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedRequests, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedTasks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTaskAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DedupeWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingReplies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HangGuard, TimeSpan.Zero);
    }
}
