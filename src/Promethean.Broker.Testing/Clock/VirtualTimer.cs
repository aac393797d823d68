namespace Promethean.Broker.Testing;

/// <summary>A timer of a <see cref="VirtualClock"/>; its clock's lock guards it.</summary>
internal sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state, ExecutionContext? context) : ITimer
{
    /// <summary>When it fires next; meaningful while its clock holds it.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>Breaks ties: of two timers due at once, the one set first fires first.</summary>
    public long Sequence { get; set; }

    public TimeSpan Period { get; set; }

    public bool IsDisposed { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Set(this, dueTime, period);

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Calls back, under the context in which the timer was made, as the system's timers do.</summary>
    public void Fire()
    {
        if (context is null)
        {
            callback(state);
        }
        else
        {
            ExecutionContext.Run(context, static timer => ((VirtualTimer)timer!).Call(), this);
        }
    }

    private void Call() => callback(state);
}
