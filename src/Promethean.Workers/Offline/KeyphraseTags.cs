using System.Runtime.InteropServices;
using System.Text;

namespace Promethean.Workers;

/// <summary>
/// Tags made of a page's own words: single words by how often and how early they come, phrases by their words and by coming
/// together more than once (after RAKE: Rose et al., "Automatic keyword extraction from individual documents", 2010, and
/// YAKE: Campos et al., "YAKE! Keyword extraction from single documents", 2020).
/// </summary>
internal static class KeyphraseTags
{
    /// <summary>The most tags of a page.</summary>
    public const int MostTags = 12;

    private const int FewestTags = 3;
    private const int FewestLetters = 2;
    private const int UsualTags = 6;
    private const int LongestTag = 40;
    private const int ShortPage = 150;

    // Behind the usual number, a tag must be worth this part of the best one.
    private const double WorthIt = 0.45;

    /// <summary>The tags, each with its <c>#</c>, parted by commas; empty where the page has no usable word.</summary>
    /// <param name="page">The page.</param>
    /// <param name="mostTags">The most tags, at least 1.</param>
    public static string Of(PageWords page, int mostTags = MostTags)
    {
        mostTags = Math.Clamp(mostTags, 1, MostTags);
        var canonical = PluralForms.Merge(page, out var counts);
        var scores = new double[page.TermCount];
        var best = new BestCandidates(capacity: 48);
        for (var i = 0; i < page.TermCount; i++)
        {
            ref readonly var term = ref page.Terms[i];
            if (term.IsStop) continue;
            scores[i] = ScoreOf(page, term, counts[canonical[i]]);
            if (canonical[i] == i && IsTag(page, i)) best.Offer(new(i, -1, -1, counts[i], term.First, scores[i]));
        }

        foreach (var phrase in new PhraseCounter(page, canonical).Phrases)
        {
            var score = ScoreOf(page, phrase, scores);
            if (score > 0 && IsTag(page, phrase)) best.Offer(phrase with { Score = score });
        }

        return Write(page, best, mostTags);
    }

    private static string Write(PageWords page, BestCandidates best, int mostTags)
    {
        var tags = new List<string>(mostTags);
        var chosen = new List<TagCandidate>(mostTags);
        foreach (ref readonly var candidate in best.InOrder)
        {
            if (tags.Count == mostTags || (tags.Count >= UsualTags && candidate.Score < chosen[0].Score * WorthIt)) break;
            if (SaysNothingNew(candidate, chosen)) continue;
            chosen.Add(candidate);
            Add(tags, TagOf(page, candidate));
        }

        // Where phrases have taken the words, or plurals have been merged, the words themselves make up the number.
        for (var i = 0; i < page.TermCount && tags.Count < Math.Min(FewestTags, mostTags); i++)
        {
            if (!page.Terms[i].IsStop && IsTag(page, i)) Add(tags, TagOf(page, new(i, -1, -1, 0, 0, 0)));
        }

        return string.Join(", ", tags);
    }

    // Composed characters may be fewer than their parts, and a phrase may hold marks alone.
    private static void Add(List<string> tags, string tag)
    {
        if (LettersIn(tag) >= FewestLetters && !tags.Contains(tag)) tags.Add(tag);
    }

    private static double ScoreOf(PageWords page, in PageTerm term, int count)
    {
        var score = count / (count + 4.0) * (1 + (40.0 / (40 + term.First)));
        var word = page.WordOf(term);
        var isAcronym = term.Acronyms * 2 > term.Count;
        if (isAcronym || term.Capitals * 2 > term.Count) score *= 1.2;
        if (word.Length <= 3 && !isAcronym && word[0] < '\u2E80') score *= 0.5;
        if (word.EndsWith("ly", StringComparison.Ordinal)) score *= 0.4;
        else if (word.EndsWith("ing", StringComparison.Ordinal) || word.EndsWith("ed", StringComparison.Ordinal)) score *= 0.7;
        return score;
    }

    private static double ScoreOf(PageWords page, in TagCandidate phrase, double[] scores)
    {
        var sum = scores[phrase.A] + scores[phrase.B] + (phrase.C < 0 ? 0 : scores[phrase.C]);
        if (phrase.Count > 1) return sum / phrase.Words * (phrase.Words == 2 ? 1.7 : 2) * phrase.Count / (phrase.Count + 1.5);
        // Short pages say a thing once.
        return page.Tokens.Length <= ShortPage && phrase.Words == 2 ? sum / 2 * 0.55 : 0;
    }

    // A word that mostly comes in a phrase chosen already, a phrase that shares two words with one, a word in two phrases.
    private static bool SaysNothingNew(in TagCandidate candidate, List<TagCandidate> chosen)
    {
        var phrases = (A: 0, B: 0, C: 0);
        foreach (ref readonly var other in CollectionsMarshal.AsSpan(chosen))
        {
            var (a, b, c) = (Holds(other, candidate.A), candidate.B >= 0 && Holds(other, candidate.B), candidate.C >= 0 && Holds(other, candidate.C));
            if (candidate.Words == 1 ? a && candidate.Count < 2 * other.Count : (a && (b || c)) || (b && c)) return true;
            if (other.Words == 1) continue;
            phrases = (phrases.A + (a ? 1 : 0), phrases.B + (b ? 1 : 0), phrases.C + (c ? 1 : 0));
        }

        return phrases.A > 1 || phrases.B > 1 || phrases.C > 1;
    }

    private static bool Holds(in TagCandidate candidate, int term) => candidate.A == term || candidate.B == term || candidate.C == term;

    private static bool IsTag(PageWords page, int term)
    {
        var word = page.WordOf(page.Terms[term]);
        if (word.Length is < 2 or > LongestTag) return false;
        return LettersIn(word) >= FewestLetters && !word.ContainsAny('\'', '\u2019') && !StopWords.IsNavigation(word);
    }

    private static int LettersIn(ReadOnlySpan<char> word)
    {
        var letters = 0;
        foreach (var c in word)
        {
            if (char.IsLetter(c)) letters++;
        }

        return letters;
    }

    // Navigation at either end is none of the page's.
    private static bool IsTag(PageWords page, in TagCandidate phrase)
    {
        ref readonly var a = ref page.Terms[phrase.A];
        ref readonly var b = ref page.Terms[phrase.B];
        var length = a.Length + b.Length + 1 + (phrase.C < 0 ? 0 : page.Terms[phrase.C].Length + 1);
        return length <= LongestTag && !StopWords.IsNavigation(page.WordOf(a)) && !StopWords.IsNavigation(page.WordOf(phrase.C < 0 ? b : page.Terms[phrase.C]));
    }

    private static string TagOf(PageWords page, in TagCandidate candidate)
    {
        var tag = new StringBuilder("#").Append(page.WordOf(page.Terms[candidate.A]));
        if (candidate.B >= 0) tag.Append('-').Append(page.WordOf(page.Terms[candidate.B]));
        if (candidate.C >= 0) tag.Append('-').Append(page.WordOf(page.Terms[candidate.C]));
        return tag.ToString().Normalize();
    }
}
