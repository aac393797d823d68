using System.Globalization;
using System.Runtime.InteropServices;

namespace Promethean.Workers;

/// <summary>
/// The words of a page, in order and as distinct terms, found in one pass and without a string per word. Scripts without
/// spaces are parted where the script changes, and long runs of Chinese characters into pairs.
/// </summary>
/// <remarks>The same text gives the same words on every machine: the hash is FNV-1a over the lower-case characters.</remarks>
internal sealed class PageWords
{
    private const int LongestHanWord = 4;

    private readonly char[] _lower;
    private readonly List<PageToken> _tokens;
    private PageTerm[] _terms;
    private int[] _slots;

    private PageWords(string text)
    {
        Text = text;
        _lower = new char[text.Length];
        MemoryExtensions.ToLowerInvariant(text, _lower);
        _tokens = new(text.Length / 6);
        _terms = new PageTerm[Math.Max(16, text.Length / 16)];
        _slots = new int[64];
        Scan();
        FindFrequentShortWords();
    }

    public string Text { get; }

    public ReadOnlySpan<PageToken> Tokens => CollectionsMarshal.AsSpan(_tokens);

    public Span<PageTerm> Terms => _terms.AsSpan(0, TermCount);

    public int TermCount { get; private set; }

    public static PageWords Of(string text) => new(text);

    /// <summary>The term in lower case.</summary>
    public ReadOnlySpan<char> WordOf(in PageTerm term) => _lower.AsSpan(term.Start, term.Length);

    /// <summary>The index of a word's term, or -1.</summary>
    public int Find(ReadOnlySpan<char> lowerCaseWord) => _slots[SlotOf(lowerCaseWord, HashOf(lowerCaseWord))] - 1;

    private static WordKind KindOf(char c)
    {
        if (c < 0x80) return char.IsAsciiLetterOrDigit(c) ? WordKind.Letter : WordKind.None;
        if (c is >= '\u3400' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF' or '\u3005') return WordKind.Han;
        if (c is >= '\u3041' and <= '\u309F') return WordKind.Hiragana;
        if (c is >= '\u30A1' and <= '\u30FF' and not '\u30FB') return WordKind.Katakana;
        return char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            ? WordKind.Letter
            : WordKind.None;
    }

    private static bool IsApostrophe(char c) => c is '\'' or '\u2019';

    private void Scan()
    {
        for (var i = 0; i < _lower.Length;)
        {
            var kind = KindOf(_lower[i]);
            if (kind == WordKind.None)
            {
                i++;
                continue;
            }

            var start = i;
            while (++i < _lower.Length && KindOf(_lower[i]) == kind)
            {
            }

            if (kind == WordKind.Letter) i = TakeWord(start, i);
            else if (kind == WordKind.Han) TakeHan(start, i);
            else Take(start, i, isStop: kind == WordKind.Hiragana);
        }
    }

    // l'eau is eau, Debian's is Debian, and don't is a word of its own that means little.
    private int TakeWord(int start, int end)
    {
        var isContraction = false;
        while (end + 1 < _lower.Length && IsApostrophe(_lower[end]) && KindOf(_lower[end + 1]) == WordKind.Letter)
        {
            var rest = end + 1;
            var restEnd = rest;
            while (restEnd < _lower.Length && KindOf(_lower[restEnd]) == WordKind.Letter) restEnd++;
            if (restEnd - rest == 1 && _lower[rest] == 's')
            {
                Take(start, end, isContraction);
                return restEnd;
            }

            if (end - start <= 2 && restEnd - rest >= 3) start = rest;
            else isContraction = true;
            end = restEnd;
        }

        Take(start, end, isContraction);
        return end;
    }

    private void TakeHan(int start, int end)
    {
        while (end - start > LongestHanWord)
        {
            Take(start, start + 2, isStop: false);
            start += 2;
        }

        Take(start, end, isStop: false);
    }

    private void Take(int start, int end, bool isStop)
    {
        var word = _lower.AsSpan(start, end - start);
        var hash = HashOf(word);
        var slot = SlotOf(word, hash);
        var index = _slots[slot] - 1;
        if (index < 0) index = Add(word, hash, slot, start, isStop);

        var sameLine = _tokens.Count > 0 && start - _tokens[^1].End == 1;
        ref var term = ref _terms[index];
        term.Count++;
        if (end == Text.Length || Text[end] is '.' or ',' or ';' or ':' or '!' or '?' or ')' or '\n' or '\r') term.Closes++;
        if (Text[start] != _lower[start])
        {
            if (word.Length > 1 && Text[start + 1] != _lower[start + 1]) term.Acronyms++;
            if (sameLine && Text[start - 1] == ' ') term.Capitals++;
        }

        _tokens.Add(new(start, end - start, index, sameLine && Text[start - 1] is ' ' or '-'));
    }

    private int Add(ReadOnlySpan<char> word, uint hash, int slot, int start, bool isStop)
    {
        if (TermCount == _terms.Length) Array.Resize(ref _terms, _terms.Length * 2);
        var hasLetter = word.ContainsAnyExceptInRange('0', '9');
        _terms[TermCount] = new()
        {
            Hash = hash,
            Start = start,
            Length = word.Length,
            First = _tokens.Count,
            IsStop = isStop || !hasLetter || (word.Length == 1 && word[0] < '\u2E80') || StopWords.IsGrammar(word),
        };
        _slots[slot] = ++TermCount;
        if (TermCount * 2 > _slots.Length) Grow();
        return TermCount - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < TermCount; i++)
        {
            var slot = (int)(_terms[i].Hash & (uint)(_slots.Length - 1));
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = i + 1;
        }
    }

    private int SlotOf(ReadOnlySpan<char> word, uint hash)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)(hash & (uint)mask); ; slot = (slot + 1) & mask)
        {
            var index = _slots[slot] - 1;
            if (index < 0) return slot;
            ref var term = ref _terms[index];
            if (term.Hash == hash && word.SequenceEqual(_lower.AsSpan(term.Start, term.Length))) return slot;
        }
    }

    private static uint HashOf(ReadOnlySpan<char> word)
    {
        var hash = 2166136261u;
        foreach (var c in word) hash = (hash ^ c) * 16777619u;
        return hash ^ (hash >> 15);
    }

    // Grammar in languages without a list here: words of two or three letters that come again and again, and hardly ever last.
    private void FindFrequentShortWords()
    {
        var often = Math.Max(4, _tokens.Count / 60);
        foreach (ref var term in Terms)
        {
            var isFrequent = term.Length <= 3 && term.Count >= often && _lower[term.Start] < '\u2E80';
            if (isFrequent && term.Acronyms * 2 < term.Count && term.Closes * 10 < term.Count) term.IsStop = true;
        }
    }
}
