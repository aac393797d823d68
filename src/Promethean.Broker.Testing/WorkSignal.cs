namespace Promethean.Broker.Testing;

/// <summary>Wakes those who wait until nothing is under way, whenever something has ended.</summary>
internal sealed class WorkSignal
{
    private TaskCompletionSource? _changed;
    private long _version;

    /// <summary>Grows with every change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Something has ended. From any thread, under the gate or not: those who wait go on elsewhere.</summary>
    public void Changed()
    {
        Interlocked.Increment(ref _version);
        if (Volatile.Read(ref _changed) is not null)
        {
            Interlocked.Exchange(ref _changed, null)?.TrySetResult();
        }
    }

    /// <summary>Ends with the next change after this call.</summary>
    public Task NextAsync()
    {
        while (true)
        {
            if (Volatile.Read(ref _changed) is { } current)
            {
                return current.Task;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _changed, made, null) is null)
            {
                return made.Task;
            }
        }
    }
}
