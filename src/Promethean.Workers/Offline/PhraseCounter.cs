using System.Runtime.InteropServices;

namespace Promethean.Workers;

/// <summary>Counts the pairs and triples of meaningful words that stand together. A pair that mostly comes in one triple is left
/// out for it.</summary>
internal sealed class PhraseCounter
{
    // A term takes 21 bits of a key, which the longest page read cannot exceed.
    private const int Bits = 21;
    private const long Mask = (1L << Bits) - 1;

    private readonly Dictionary<long, (int Count, int First, int InTriple)> _phrases;

    public PhraseCounter(PageWords page, ReadOnlySpan<int> canonical)
    {
        var tokens = page.Tokens;
        _phrases = new(tokens.Length / 2);
        var (before, last) = (-1, -1);
        for (var i = 0; i < tokens.Length; i++)
        {
            var term = tokens[i].Term;
            if (!tokens[i].IsJoined) before = last = -1;
            if (page.Terms[term].IsStop || page.Terms[term].Length < 2)
            {
                before = last = -1;
                continue;
            }

            var word = canonical[term];
            if (last >= 0 && last != word) Count(last, word, -1, i - 1);
            if (before >= 0 && before != last && last != word && before != word) Count(before, last, word, i - 2);
            (before, last) = (last, word);
        }

        foreach (var (key, (count, _, _)) in _phrases)
        {
            if ((key & Mask) == 0) continue;
            NoteTriple(KeyOf(Part(key, 2), Part(key, 1), 0), count);
            NoteTriple(KeyOf(Part(key, 1), Part(key, 0), 0), count);
        }
    }

    /// <summary>Each phrase once, in the order of first use; without a score.</summary>
    public IEnumerable<TagCandidate> Phrases
    {
        get
        {
            foreach (var (key, (count, first, inTriple)) in _phrases)
            {
                if (inTriple > 1 && inTriple * 5 >= count * 3) continue;
                yield return new(Part(key, 2) - 1, Part(key, 1) - 1, Part(key, 0) - 1, count, first, 0);
            }
        }
    }

    private void Count(int a, int b, int c, int at)
    {
        var key = KeyOf(a + 1, b + 1, c + 1);
        ref var phrase = ref CollectionsMarshal.GetValueRefOrAddDefault(_phrases, key, out var known);
        phrase = (phrase.Count + 1, known ? phrase.First : at, 0);
    }

    private void NoteTriple(long pair, int count)
    {
        ref var phrase = ref CollectionsMarshal.GetValueRefOrNullRef(_phrases, pair);
        if (count > phrase.InTriple) phrase.InTriple = count;
    }

    private static int Part(long key, int index) => (int)((key >> (index * Bits)) & Mask);

    private static long KeyOf(long a, long b, long c) => (a << (2 * Bits)) | (b << Bits) | c;
}
