namespace Promethean.Broker.Testing;

/// <summary>Knows how many threads run code of one logical flow right now, and how often one has entered it.</summary>
/// <remarks>An <see cref="AsyncLocal{T}"/> tells whenever a thread's execution context changes, so a continuation that runs on the
/// thread pool is seen coming and going without its help.</remarks>
internal sealed class FlowWatch
{
    private readonly AsyncLocal<object?> _inside;
    private int _running;
    private long _entries;

    public FlowWatch() => _inside = new(changed =>
    {
        if (changed.PreviousValue is null && changed.CurrentValue is not null)
        {
            Interlocked.Increment(ref _running);
            Interlocked.Increment(ref _entries);
        }
        else if (changed.PreviousValue is not null && changed.CurrentValue is null)
        {
            Interlocked.Decrement(ref _running);
        }
    });

    /// <summary>Threads inside now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How often a thread has entered.</summary>
    public long Entries => Interlocked.Read(ref _entries);

    /// <summary>Takes the current flow in: all it does from here on, and what it starts.</summary>
    public void Join() => _inside.Value = this;
}
