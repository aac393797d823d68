using System.Buffers;

namespace Promethean.Mongo.Embedded.Wire;

/// <summary>Growing bytes from the shared pool in which one connection makes its replies, one after the other.</summary>
internal sealed class ReplyBuffer : IDisposable
{
    private const int InitialBytes = 16 * 1024;
    private const int KeptBytes = 1024 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Empties the buffer, and gives back what an unusually large reply took.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length <= KeptBytes) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    }

    /// <summary>Makes room at once for what is about to be appended.</summary>
    public void Expect(int count)
    {
        if (Length + count > _bytes.Length) Grow(Length + count);
    }

    /// <summary>Appends room for some bytes and returns it.</summary>
    public Span<byte> Append(int count)
    {
        var needed = Length + count;
        if (needed > _bytes.Length) Grow(needed);
        var room = _bytes.AsSpan(Length, count);
        Length = needed;
        return room;
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Bytes written before, to be filled in once known.</summary>
    public Span<byte> At(int start, int count) => _bytes.AsSpan(start, count);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
