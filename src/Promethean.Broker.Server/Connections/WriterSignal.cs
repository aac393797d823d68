using System.Threading.Tasks.Sources;

namespace Promethean.Broker.Server;

/// <summary>Tells the one writer of a connection that something changed; any number of signals before it looks are one.</summary>
/// <remarks>Setting it and waking the writer are two steps, so that whoever takes many frames wakes each writer once, after the last.
/// Between the two nobody else needs to wake it.</remarks>
internal sealed class WriterSignal : IValueTaskSource
{
    private const int Quiet = 0;
    private const int Set = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    /// <summary>Notes that something changed.</summary>
    /// <returns>Whether the caller has to <see cref="Wake"/> the writer, now or soon.</returns>
    public bool TrySet() => Volatile.Read(ref _state) != Set && Interlocked.Exchange(ref _state, Set) == Awaited;

    /// <summary>Lets the writer go on, on this thread or on another.</summary>
    public void Wake(bool onThisThread)
    {
        _source.RunContinuationsAsynchronously = !onThisThread;
        Volatile.Write(ref _state, Quiet);
        _source.SetResult(true);
    }

    /// <summary>Ends when something changed since the last time; only one may wait.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Quiet) == Quiet)
        {
            return new(this, _source.Version);
        }

        Volatile.Write(ref _state, Quiet);
        return default;
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
