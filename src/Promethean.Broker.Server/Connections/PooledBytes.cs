using System.Buffers;

namespace Promethean.Broker.Server;

/// <summary>Bytes put one after another in a rented buffer, which is given back as soon as they are cleared.</summary>
internal sealed class PooledBytes
{
    private const int FirstBytes = 4 * 1024;

    private byte[] _buffer = [];

    public int Count { get; private set; }

    /// <summary>What has been put in; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Count);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - Count < bytes.Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(Count));
        Count += bytes.Length;
    }

    public void Clear()
    {
        GiveBack();
        (_buffer, Count) = ([], 0);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(FirstBytes, 2 * _buffer.Length), checked(Count + more)));
        Written.CopyTo(larger);
        GiveBack();
        _buffer = larger;
    }

    private void GiveBack()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
