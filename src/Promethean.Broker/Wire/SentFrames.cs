namespace Promethean.Broker;

/// <summary>Frames that were sent and not yet reported as received, kept to be sent again on the next socket of the same session.</summary>
/// <remarks>Frames are numbered from 1 in the order they are first sent; both sides count and neither writes the numbers, as in
/// SignalR's stateful reconnect. Not thread-safe.</remarks>
internal sealed class SentFrames
{
    // What another side that reports nothing makes this one keep; frames wait beyond it.
    private const int MaxFrames = 8 * 1024;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Queue<ReadOnlyMemory<byte>> _kept = new();
    private Queue<ReadOnlyMemory<byte>> _again = new();
    private long _received;
    private long _bytes;

    /// <summary>How many frames the other side has said that it has.</summary>
    public long Received => _received;

    /// <summary>Whether another frame may be sent before some are reported as received.</summary>
    public bool HasRoom => _kept.Count < MaxFrames && _bytes < MaxBytes;

    /// <summary>Frames to send again before any other.</summary>
    public Queue<ReadOnlyMemory<byte>> Again => _again;

    /// <summary>Keeps a frame that is being sent for the first time.</summary>
    public void Add(ReadOnlyMemory<byte> frame)
    {
        _kept.Enqueue(frame);
        _bytes += frame.Length;
    }

    /// <summary>The other side has the first so many; false where that cannot be.</summary>
    public bool TryForget(long received)
    {
        if (received < _received || received > _received + _kept.Count)
        {
            return false;
        }

        for (; _received < received; _received++)
        {
            _bytes -= _kept.Dequeue().Length;
        }

        return true;
    }

    /// <summary>Has all that is kept sent again.</summary>
    public void Rewind() => _again = new(_kept);
}
