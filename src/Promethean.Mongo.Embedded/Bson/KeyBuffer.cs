namespace Promethean.Mongo.Embedded.Bson;

/// <summary>A byte buffer that starts on the stack and grows on the heap.</summary>
internal ref struct KeyBuffer(Span<byte> initial)
{
    private Span<byte> _bytes = initial;

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Append(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Reserve(values.Length));
        Length += values.Length;
    }

    /// <summary>Room for at least <paramref name="count"/> bytes, to be taken by <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var grown = new byte[Math.Max(_bytes.Length * 2, Length + count)];
            _bytes[..Length].CopyTo(grown);
            _bytes = grown;
        }

        return _bytes[Length..];
    }

    public void Advance(int count) => Length += count;

    /// <summary>Turns every byte from <paramref name="start"/> on into its complement.</summary>
    public readonly void Invert(int start)
    {
        for (var i = start; i < Length; i++) _bytes[i] = (byte)~_bytes[i];
    }

    public readonly byte[] ToArray() => _bytes[..Length].ToArray();
}
