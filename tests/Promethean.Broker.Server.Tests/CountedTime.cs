using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>A clock that stands still, and knows how many timers no longer than a limit have been started.</summary>
internal sealed class CountedTime(TimeSpan longest) : FakeTimeProvider
{
    private int _timers;

    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= longest)
        {
            Interlocked.Increment(ref _timers);
        }

        return timer;
    }
}
