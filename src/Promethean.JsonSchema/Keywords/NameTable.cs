using System.Text;

namespace Promethean.JsonSchema.Keywords;

/// <summary>From a name in UTF-8 to its place in a list, for the names of a schema. Only the schema decides which names share a bucket.</summary>
internal sealed class NameTable
{
    private const int Few = 6;

    private readonly byte[][] names;
    private readonly int[] buckets;
    private readonly int[] next;

    public NameTable(IReadOnlyList<string> texts)
    {
        names = [.. texts.Select(Encoding.UTF8.GetBytes)];
        next = new int[names.Length];
        buckets = new int[names.Length <= Few ? 0 : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)names.Length * 2)];
        Array.Fill(buckets, -1);
        for (var i = 0; i < names.Length && buckets.Length > 0; i++)
        {
            ref var bucket = ref buckets[Hash(names[i]) & (buckets.Length - 1)];
            next[i] = bucket;
            bucket = i;
        }
    }

    public int Find(ReadOnlySpan<byte> name)
    {
        if (buckets.Length == 0)
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (name.SequenceEqual(names[i])) return i;
            }

            return -1;
        }

        var at = buckets[Hash(name) & (buckets.Length - 1)];
        while (at >= 0 && !name.SequenceEqual(names[at])) at = next[at];
        return at;
    }

    private static int Hash(ReadOnlySpan<byte> name) =>
        name.Length == 0 ? 0 : (name.Length * 31) + (name[0] * 7) + (name[^1] * 131) + (name[name.Length / 2] * 17);
}
