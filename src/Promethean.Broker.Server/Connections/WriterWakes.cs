namespace Promethean.Broker.Server;

/// <summary>The writers that have something to send by what one reader took; they are woken together, once it has taken all that came.</summary>
/// <remarks>A wake per frame would cost more than the frame. Where there are few, they send on the reader's own thread: what is sent is
/// only handed to the server's connection, which never blocks.</remarks>
internal sealed class WriterWakes
{
    // With more, sending is work to be shared between threads.
    private const int MostOnThisThread = 8;

    [ThreadStatic]
    private static WriterWakes? current;

    private List<WriterSignal>? _signals;
    private List<WriterSignal>? _spare;

    /// <summary>Sets a signal; its writer is woken by whoever collects on this thread, or at once on another.</summary>
    public static void Set(WriterSignal signal)
    {
        if (!signal.TrySet())
        {
            return;
        }

        if (current is { } wakes)
        {
            (wakes._signals ??= Interlocked.Exchange(ref wakes._spare, null) ?? []).Add(signal);
        }
        else
        {
            signal.Wake(onThisThread: false);
        }
    }

    /// <summary>Collects what this thread sets, until <see cref="EndCollect"/>.</summary>
    public void Collect() => current = this;

    public static void EndCollect() => current = null;

    /// <summary>Wakes all that were collected. Two threads may call it at once; each signal is woken by one of them.</summary>
    public void Run()
    {
        if (Interlocked.Exchange(ref _signals, null) is not { } signals)
        {
            return;
        }

        var onThisThread = signals.Count <= MostOnThisThread;
        foreach (var signal in signals)
        {
            signal.Wake(onThisThread);
        }

        signals.Clear();
        Volatile.Write(ref _spare, signals);
    }
}
