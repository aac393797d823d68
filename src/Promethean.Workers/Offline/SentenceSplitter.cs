using System.Buffers;

namespace Promethean.Workers;

/// <summary>
/// Parts a text into sentences: at full stops, exclamation and question marks that a space and no lower-case letter follow,
/// at their Chinese and Japanese forms, and at the ends of lines that are not mere wraps. A stop behind an initial, a title
/// or a number of one or two digits ends nothing.
/// </summary>
internal static class SentenceSplitter
{
    // A shorter line that the next one goes on from in lower case is a heading or an item, not a wrapped line.
    private const int ShortestWrappedLine = 40;

    private static readonly SearchValues<char> Breaks = SearchValues.Create(".!?\u2026\u3002\uFF01\uFF1F\n\r");
    private static readonly SearchValues<char> Closers = SearchValues.Create(".!?\u2026\u3002\uFF01\uFF1F\"'\u2019\u201D)]\u00BB\u300D\u300F");

    public static List<Sentence> Split(ReadOnlySpan<char> text)
    {
        var sentences = new List<Sentence>(text.Length / 80);
        var opensLine = true;
        for (var start = 0; start < text.Length;)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                opensLine |= text[start] is '\n' or '\r';
                start++;
                continue;
            }

            // The bullet of an item is no part of its sentence.
            if (opensLine && IsBullet(text[start]))
            {
                start++;
                continue;
            }

            var end = EndOf(text, start, out var isTerminated);
            sentences.Add(new() { Start = start, End = end, OpensLine = opensLine, IsTerminated = isTerminated });
            opensLine = false;
            start = end;
        }

        return sentences;
    }

    private static bool IsBullet(char c) => c is '-' or '*' or '#' or '>' or '|' or '\u2013' or '\u2014' or '\u2022' or '\u00B7';

    private static int EndOf(ReadOnlySpan<char> text, int start, out bool isTerminated)
    {
        var line = start;
        for (var at = start; ;)
        {
            var found = text[at..].IndexOfAny(Breaks);
            if (found < 0)
            {
                isTerminated = false;
                return text.Length;
            }

            at += found;
            if (text[at] is '\n' or '\r')
            {
                if (!IsWrap(text, line, at))
                {
                    isTerminated = false;
                    return at;
                }

                line = ++at;
                continue;
            }

            var stop = at;
            while (++at < text.Length && Closers.Contains(text[at]))
            {
            }

            if (EndsSentence(text, start, stop, at))
            {
                isTerminated = true;
                return at;
            }
        }
    }

    private static bool IsWrap(ReadOnlySpan<char> text, int line, int end) =>
        end - line >= ShortestWrappedLine && end + 1 < text.Length && char.IsLower(text[end + 1]);

    private static bool EndsSentence(ReadOnlySpan<char> text, int start, int stop, int after)
    {
        if (text[stop] >= '\u3000' || after == text.Length) return true;
        if (!char.IsWhiteSpace(text[after])) return false;
        var next = after;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            if (text[next] is '\n') return !(text[stop] == '.' && after == stop + 1 && IsAbbreviation(text, start, stop));
            next++;
        }

        if (next == text.Length) return true;
        if (char.IsLower(text[next])) return false;
        return text[stop] != '.' || after > stop + 1 || !IsAbbreviation(text, start, stop);
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> text, int start, int stop)
    {
        var from = stop;
        while (from > start && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] == '.')) from--;
        var word = text[from..stop];
        if (word.Length == 1 && char.IsUpper(word[0])) return true;
        // 3. in a list, or the 18. Jahrhundert.
        if (word.Length is 1 or 2 && !word.ContainsAnyExceptInRange('0', '9')) return true;
        Span<char> lower = stackalloc char[8];
        return word.Length <= lower.Length && word.ToLowerInvariant(lower) > 0
            && lower[..word.Length] is "mr" or "mrs" or "ms" or "dr" or "prof" or "st" or "vs" or "fig" or "no" or "nr" or "sec" or "ch"
                or "vol" or "pp" or "e.g" or "i.e" or "cf" or "al" or "ca" or "approx" or "ed" or "eds" or "z.b" or "bzw" or "d.h" or "p.ex" or "sr" or "jr" or "gen";
    }
}
