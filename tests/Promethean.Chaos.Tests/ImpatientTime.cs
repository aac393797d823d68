using System.Collections.Concurrent;

namespace Promethean.Chaos.Tests;

/// <summary>Notes the waits between attempts and cuts them short; longer ones, which are limits, it lets stand.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && dueTime < Limit)
        {
            _waits.Enqueue(dueTime);
            dueTime = TimeSpan.FromMilliseconds(1);
        }

        return System.CreateTimer(callback, state, dueTime, period);
    }
}
