namespace Promethean.Broker.Bench;

/// <summary>Counts what a peer's handler got, from any thread. Public, because Wolverine compiles code against it.</summary>
public sealed class Arrivals
{
    private TaskCompletionSource _all = new();
    private int _missing;

    /// <summary>Completes when the last of the expected messages was handled.</summary>
    public Task Completion => _all.Task;

    /// <exception cref="InvalidOperationException">Something arrived twice, or not at all.</exception>
    public void Expect(int messages)
    {
        if (Volatile.Read(ref _missing) is not 0 and var left) throw new InvalidOperationException($"{left} messages were missing.");
        _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _missing, messages);
    }

    public void Add(Note? note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (Interlocked.Decrement(ref _missing) == 0) _all.TrySetResult();
    }
}
