using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>The index keys from <paramref name="Low"/> up to, but not including, <paramref name="High"/>, compared as bytes.</summary>
internal readonly record struct KeyRange(byte[] Low, byte[] High)
{
    /// <summary>Every key: no key begins with 0x00 or 0xFF.</summary>
    public static KeyRange All { get; } = new([], [0xFF]);

    /// <summary>One whole key; none is the beginning of another.</summary>
    public static KeyRange Exactly(byte[] key) => new(key, KeyString.PrefixEnd(key));
}
