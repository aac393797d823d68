using System.Buffers;

namespace Promethean.Broker;

/// <summary>Joins frames that wait together into one message: alone as they are, several as a JSON array.</summary>
internal sealed class FrameBatch(bool allowsMany)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxFrames = 512;

    private readonly ArrayBufferWriter<byte> _joined = new();
    private readonly List<ReadOnlyMemory<byte>> _frames = [];
    private int _bytes;

    /// <summary>How many frames are in it.</summary>
    public int Count => _frames.Count;

    public bool IsEmpty => _frames.Count == 0;

    /// <summary>Whether the frame may go in; the first always may.</summary>
    public bool Fits(ReadOnlyMemory<byte> frame) =>
        _frames.Count == 0 || (allowsMany && _frames.Count < MaxFrames && _bytes + frame.Length <= MaxBytes);

    public void Add(ReadOnlyMemory<byte> frame)
    {
        _frames.Add(frame);
        _bytes += frame.Length;
    }

    public void Clear()
    {
        _frames.Clear();
        _joined.ResetWrittenCount();
        _bytes = 0;
    }

    /// <summary>The message; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> ToMessage()
    {
        if (_frames.Count == 1)
        {
            return _frames[0];
        }

        var separator = "["u8;
        foreach (var frame in _frames)
        {
            _joined.Write(separator);
            _joined.Write(frame.Span);
            separator = ","u8;
        }

        _joined.Write("]"u8);
        return _joined.WrittenMemory;
    }
}
