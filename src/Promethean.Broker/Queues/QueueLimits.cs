namespace Promethean.Broker;

/// <summary>The limits of queues that every broker shares, and the defaults of those that can be set.</summary>
public static class QueueLimits
{
    /// <summary>How often a task is given out where neither it nor the broker says otherwise.</summary>
    public const int MaxAttempts = 5;

    /// <summary>The most tasks a consumer may hold at once.</summary>
    public const int MaxCredit = 65_536;

    /// <summary>The longest <see cref="EnqueueOptions.DedupeId"/>, in characters.</summary>
    public const int MaxDedupeIdLength = 128;

    /// <summary>The longest <see cref="NackOptions.Reason"/>, in characters; what is longer is cut.</summary>
    public const int MaxReasonLength = 1024;

    /// <summary>The shortest <see cref="ConsumeOptions.Lease"/>: one that is over before the task has reached its handler would have the
    /// task given out for nothing, and the broker busy with that alone.</summary>
    public static TimeSpan MinLease { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay and lease.</summary>
    public static TimeSpan MaxDelay { get; } = TimeSpan.FromDays(1);

    /// <summary>How long a broker remembers the <see cref="EnqueueOptions.DedupeId"/> of a task that is done, where not set otherwise.</summary>
    public static TimeSpan DedupeWindow { get; } = TimeSpan.FromMinutes(5);
}
