namespace Promethean.Vectors;

/// <summary>A hash that is the same in every process: 64-bit FNV-1a over UTF-8, then MurmurHash3's final mix so that the high bits are good too.</summary>
internal static class Fnv1a
{
    public static ulong Hash(byte kind, string feature)
    {
        var hash = Step(14695981039346656037UL, kind);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in feature.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            foreach (var b in utf8[..length]) hash = Step(hash, b);
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }

    private static ulong Step(ulong hash, byte b) => (hash ^ b) * 1099511628211UL;
}
