namespace Promethean.Broker.Testing;

/// <summary>A clock that stands still until it is advanced, and whose advance is over when what it set off has run.</summary>
/// <remarks>
/// <para><see cref="AdvanceAsync"/> goes from timer to timer: it sets the time to the timer's, fires it, and lets every continuation
/// run before it goes on, so a timer that a continuation sets within the span fires within the same advance, at its own time.</para>
/// <para>Continuations that run inline are always waited for. Those that go by way of the thread pool are waited for where they
/// belong to the flow that made the clock (a test's own code and all it starts) or to a handler of a broker on this clock. Real
/// input and output is not waited for: nothing can know that it will answer.</para>
/// <para>Any thread may use it; advance it from one at a time.</para>
/// </remarks>
public sealed class VirtualClock : TimeProvider
{
    private static readonly Comparer<VirtualTimer> Soonest = Comparer<VirtualTimer>.Create((one, other) =>
        one.Due != other.Due ? one.Due.CompareTo(other.Due) : one.Sequence.CompareTo(other.Sequence));

    private readonly Lock _gate = new();
    private readonly SortedSet<VirtualTimer> _timers = new(Soonest);
    private readonly FlowWatch _flow = new();
    private DateTimeOffset _now;
    private long _sequence;
    private TaskCompletionSource? _undriven;
    private int _drivers;

    /// <summary>Makes a clock, and takes the flow that makes it in.</summary>
    /// <param name="start">Its first time; 2000-01-01 00:00 UTC where left out.</param>
    public VirtualClock(DateTimeOffset? start = null)
    {
        _now = Start = start ?? new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _flow.Join();
    }

    /// <summary>Its first time.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Timers set.</summary>
    public int TimerCount
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>When the next timer fires; null where none is set.</summary>
    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min?.Due;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state, ExecutionContext.Capture());
        Set(timer, dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass: fires each timer at its time, and lets what it set off run before the next.</summary>
    /// <param name="span">How long; zero fires what is due now.</param>
    /// <param name="cancellationToken">Stops between two timers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative.</exception>
    public async ValueTask AdvanceAsync(TimeSpan span, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        await AdvanceToAsync(GetUtcNow() + span, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets time pass until a moment; one that has passed already changes nothing but fires what is due.</summary>
    /// <param name="moment">The time it is afterwards.</param>
    /// <param name="cancellationToken">Stops between two timers.</param>
    public async ValueTask AdvanceToAsync(DateTimeOffset moment, CancellationToken cancellationToken = default)
    {
        using var driving = Drive();
        await PassAsync(moment, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Completes when the continuations that can run have run, without letting time pass.</summary>
    public async ValueTask SettleAsync()
    {
        using var driving = Drive();
        await RestAsync().ConfigureAwait(false);
    }

    /// <summary>Whether somebody lets time pass or waits for rest right now, so that nobody else has to.</summary>
    internal bool IsDriven => Volatile.Read(ref _drivers) > 0;

    /// <summary>Says that somebody drives the clock, until the result is disposed.</summary>
    internal Driving Drive()
    {
        Interlocked.Increment(ref _drivers);
        return new(this);
    }

    /// <summary>Ends when nobody drives.</summary>
    internal Task UndrivenAsync()
    {
        lock (_gate)
        {
            return IsDriven ? (_undriven ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    internal async ValueTask PassAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (TakeDue(moment) is { } timer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            timer.Fire();
            await RestAsync().ConfigureAwait(false);
        }

        lock (_gate)
        {
            _now = moment > _now ? moment : _now;
        }
    }

    internal Task RestAsync() => new Settling(_flow).RunAsync();

    /// <summary>Takes the current flow in, so that what it does is waited for.</summary>
    internal void Join() => _flow.Join();

    internal bool Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero && dueTime != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "Not negative, or infinite.");
        }

        lock (_gate)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Add(timer, _now + dueTime);
            }

            return true;
        }
    }

    internal void Remove(VirtualTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    private void EndDriving()
    {
        TaskCompletionSource? undriven = null;
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _drivers) == 0)
            {
                (undriven, _undriven) = (_undriven, null);
            }
        }

        undriven?.TrySetResult();
    }

    private VirtualTimer? TakeDue(DateTimeOffset moment)
    {
        lock (_gate)
        {
            if (_timers.Min is not { } timer || timer.Due > moment)
            {
                return null;
            }

            _timers.Remove(timer);
            _now = timer.Due > _now ? timer.Due : _now;
            if (timer.Period > TimeSpan.Zero)
            {
                Add(timer, _now + timer.Period);
            }

            return timer;
        }
    }

    private void Add(VirtualTimer timer, DateTimeOffset due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _timers.Add(timer);
    }

    /// <summary>Somebody's driving of a clock.</summary>
    internal readonly struct Driving(VirtualClock clock) : IDisposable
    {
        public void Dispose() => clock.EndDriving();
    }
}
