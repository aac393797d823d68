namespace Promethean.Broker.Server;

/// <summary>The writers that have something to send by what one reader took; they are woken together, once it has taken all that came.</summary>
/// <remarks>A wake per frame would cost more than the frame. Where there are few, they send on the reader's own thread: what is sent is
/// only handed to the server's connection, which never blocks.</remarks>
internal sealed class WriterWakes
{
    // With more, sending is work to be shared between threads.
    private const int MostOnThisThread = 8;

    // A client that never pauses must not keep what it sends from those it sends it to.
    private const int MostMessages = 64;

    [ThreadStatic]
    private static WriterWakes? current;

    private readonly List<WriterSignal> _signals = [];
    private int _messages;

    /// <summary>Whether they have waited long enough, whatever else has come.</summary>
    public bool AreDue => _messages >= MostMessages;

    /// <summary>Sets a signal; its writer is woken by whoever collects on this thread, or at once on another.</summary>
    public static void Set(WriterSignal signal)
    {
        if (!signal.TrySet())
        {
            return;
        }

        if (current is { } wakes)
        {
            wakes._signals.Add(signal);
        }
        else
        {
            signal.Wake(onThisThread: false);
        }
    }

    /// <summary>Collects what this thread sets by one message, until <see cref="EndCollect"/>.</summary>
    public void Collect()
    {
        current = this;
        _messages++;
    }

    public static void EndCollect() => current = null;

    /// <summary>Wakes all that were collected.</summary>
    public void Run()
    {
        var onThisThread = _signals.Count <= MostOnThisThread;
        foreach (var signal in _signals)
        {
            signal.Wake(onThisThread);
        }

        _signals.Clear();
        _messages = 0;
    }
}
