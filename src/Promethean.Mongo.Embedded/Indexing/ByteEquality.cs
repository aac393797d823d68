namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>Keys are equal if their bytes are.</summary>
internal sealed class ByteEquality : IEqualityComparer<byte[]>
{
    private ByteEquality()
    {
    }

    public static ByteEquality Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
