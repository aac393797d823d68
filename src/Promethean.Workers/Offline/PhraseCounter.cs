using System.Runtime.InteropServices;

namespace Promethean.Workers;

/// <summary>Counts the pairs and triples of meaningful words that stand together.</summary>
internal sealed class PhraseCounter
{
    // A term takes 21 bits of a key, which the longest page read cannot exceed.
    private const int Bits = 21;
    private const long Mask = (1L << Bits) - 1;

    private readonly Dictionary<long, (int Count, int First)> _phrases;

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
    }

    /// <summary>Each phrase once, in the order of first use; without a score.</summary>
    public IEnumerable<TagCandidate> Phrases
    {
        get
        {
            foreach (var (key, (count, first)) in _phrases)
            {
                yield return new((int)((key >> (2 * Bits)) & Mask) - 1, (int)((key >> Bits) & Mask) - 1, (int)(key & Mask) - 1, count, first, 0);
            }
        }
    }

    private void Count(int a, int b, int c, int at)
    {
        var key = ((long)(a + 1) << (2 * Bits)) | ((long)(b + 1) << Bits) | (long)(c + 1);
        ref var phrase = ref CollectionsMarshal.GetValueRefOrAddDefault(_phrases, key, out var known);
        phrase = (phrase.Count + 1, known ? phrase.First : at);
    }
}
