using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Promethean.Vectors;

/// <summary>
/// The words of a text: runs of letters, digits and the marks on them, in lower case, without English stop words and
/// plural endings. Chinese and Japanese characters, which no spaces part, are taken one by one and in pairs.
/// </summary>
internal static class LexicalWords
{
    private static readonly FrozenSet<string> StopWords = (
        "a about above after again all also am an and any are as at be because been before being below between both but by can "
        + "could did do does doing down during each few for from further had has have having he her here hers him his how i if in "
        + "into is it its itself just me more most my no nor not now of off on once only or other our out over own s same she so "
        + "some such t than that the their them then there these they this those through to too under until up very was we were "
        + "what when where which while who whom why will with would you your").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<string> Of(string text)
    {
        var word = new StringBuilder();
        Rune? previous = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsIdeograph(rune))
            {
                if (Take(word) is { } before) yield return before;
                yield return rune.ToString();
                if (previous is { } p) yield return $"{p}{rune}";
                previous = rune;
                continue;
            }

            previous = null;
            if (IsWordPart(rune)) word.Append(Lower(rune).ToString());
            else if (Take(word) is { } done) yield return done;
        }

        if (Take(word) is { } last) yield return last;
    }

    // Harman's S-stemmer ("How effective is suffixing?", 1991): the plural endings of English, and nothing that guesses.
    internal static string Stem(string word)
    {
        if (word.Length < 4 || !word.EndsWith('s')) return word;
        if (word.EndsWith("ies", StringComparison.Ordinal)) return word[^4] is 'e' or 'a' ? word : word[..^3] + "y";
        if (word.EndsWith("es", StringComparison.Ordinal)) return word[^3] is 'a' or 'e' or 'o' ? word : word[..^1];
        return word[^2] is 'u' or 's' ? word : word[..^1];
    }

    private static string? Take(StringBuilder word)
    {
        if (word.Length == 0) return null;
        var taken = word.ToString();
        word.Clear();
        return StopWords.Contains(taken) ? null : Stem(taken);
    }

    private static bool IsWordPart(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // The dotted capital I is the one letter whose lower case depends on who is asked.
    private static Rune Lower(Rune rune) => rune.Value == 0x130 ? new Rune('i') : Rune.ToLowerInvariant(rune);

    private static bool IsIdeograph(Rune rune) => rune.Value is
        (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
