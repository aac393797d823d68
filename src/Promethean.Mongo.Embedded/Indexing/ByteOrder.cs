namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>The order of keys: byte by byte, a prefix first.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    private ByteOrder()
    {
    }

    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
