using System.Runtime.InteropServices;
using System.Text;

namespace Promethean.Workers;

/// <summary>
/// A summary made of the page's own sentences. Each is scored by the frequency of its words, its place and its length; the
/// best are taken one after another, words already covered counting less each time (SumBasic: Nenkova and Vanderwende, "The
/// impact of frequency on summarization", 2005), and given in the page's order.
/// </summary>
internal static class ExtractiveSummary
{
    /// <summary>The most tokens of a summary, a word being 1.3 of them.</summary>
    public const int MostTokens = 200;

    private const int FewestSentences = 3;
    private const int MostSentences = 8;
    private const int EnoughTokens = 60;
    private const int AimTokens = 125;

    // Three of these are 195 tokens, so that three sentences always fit.
    private const int LongestSentence = 50;

    // What is covered once says little the second time.
    private const double Repeated = 0.3;

    // Of little weight among words that come again, and of equal weight where none does.
    private const double SaidOnce = 0.1;

    // A line that is no sentence comes in only where sentences are too few.
    private const double NotProse = 0.02;

    /// <summary>Summarises; never empty where the page has a letter or digit.</summary>
    /// <param name="page">The page.</param>
    /// <param name="mostTokens">The longest answer, at least 1.</param>
    public static string Of(PageWords page, int mostTokens = MostTokens)
    {
        mostTokens = Math.Clamp(mostTokens, TokenEstimate.OfWords(1), MostTokens);
        if (page.Tokens.IsEmpty) return "";
        if (TokenEstimate.Of(page.Tokens.Length, page.Text.Length) <= Math.Min(EnoughTokens, mostTokens)) return Tidy(page.Text);

        var longest = Math.Clamp(TokenEstimate.WordsIn(mostTokens), 1, LongestSentence);
        var sentences = CollectionsMarshal.AsSpan(Read(page));
        var weights = Weigh(page);
        for (var i = 0; i < sentences.Length; i++)
        {
            ref var sentence = ref sentences[i];
            sentence.IsProse = ProseTest.IsProse(page, sentence);
            if (TokenEstimate.WordsOf(sentence) > longest) Cut(page, ref sentence, longest);
        }

        Choose(page, sentences, weights, mostTokens);
        return Join(page, sentences);
    }

    // Gives each sentence its tokens; both lists run in the text's order.
    private static List<Sentence> Read(PageWords page)
    {
        var sentences = SentenceSplitter.Split(page.Text);
        var tokens = page.Tokens;
        var token = 0;
        foreach (ref var sentence in CollectionsMarshal.AsSpan(sentences))
        {
            sentence.FirstToken = token;
            while (token < tokens.Length && tokens[token].Start < sentence.End) token++;
            sentence.Words = token - sentence.FirstToken;
        }

        return sentences;
    }

    // Saturating: the tenth time a word comes says less than the second.
    private static double[] Weigh(PageWords page)
    {
        var weights = new double[page.TermCount];
        for (var i = 0; i < weights.Length; i++)
        {
            ref readonly var term = ref page.Terms[i];
            if (!term.IsStop) weights[i] = term.Count == 1 ? SaidOnce : term.Count / (term.Count + 3.0);
        }

        return weights;
    }

    private static void Cut(PageWords page, ref Sentence sentence, int words)
    {
        var tokens = page.Tokens.Slice(sentence.FirstToken, sentence.Words);
        if (tokens.IsEmpty) return;
        sentence.Start = tokens[0].Start;
        var end = sentence.Start + (words * TokenEstimate.LongestWord);
        var kept = Math.Min(words, tokens.Length);
        while (kept > 1 && tokens[kept - 1].End > end) kept--;
        end = Math.Min(end, tokens[kept - 1].End);
        if (char.IsHighSurrogate(page.Text[end - 1])) end--;
        sentence.Words = kept;
        sentence.End = end;
        sentence.IsTerminated = false;
        sentence.IsCut = true;
    }

    private static void Choose(PageWords page, Span<Sentence> sentences, double[] weights, int mostTokens)
    {
        var seen = new int[page.TermCount];
        var (chosen, tokens) = (0, 0);
        while (chosen < MostSentences && (tokens < AimTokens || chosen < FewestSentences))
        {
            var best = -1;
            for (var i = 0; i < sentences.Length; i++)
            {
                ref var sentence = ref sentences[i];
                if (sentence.IsChosen || sentence.Words == 0 || tokens + TokenEstimate.Of(sentence) > mostTokens) continue;
                if (!sentence.IsProse && tokens >= Math.Min(EnoughTokens, mostTokens / 2)) continue;
                sentence.Score = Score(page, sentence, i, weights, seen, stamp: (chosen * sentences.Length) + i + 1);
                if (best < 0 || sentence.Score > sentences[best].Score) best = i;
            }

            if (best < 0) return;
            sentences[best].IsChosen = true;
            chosen++;
            tokens += TokenEstimate.Of(sentences[best]);
            foreach (var token in page.Tokens.Slice(sentences[best].FirstToken, sentences[best].Words)) weights[token.Term] *= Repeated;
        }
    }

    private static double Score(PageWords page, in Sentence sentence, int index, double[] weights, int[] seen, int stamp)
    {
        var sum = 0.0;
        foreach (var token in page.Tokens.Slice(sentence.FirstToken, sentence.Words))
        {
            if (seen[token.Term] == stamp) continue;
            seen[token.Term] = stamp;
            sum += weights[token.Term];
        }

        // To the power of 3/4, between a sum that favours the longest and a mean that favours the shortest.
        var root = Math.Sqrt(sentence.Words + 6);
        var score = (sum + 0.01) / (root * Math.Sqrt(root));
        score *= 1 + (1.0 / (2 + index));
        if (sentence.OpensLine) score *= 1.1;
        if (sentence.Words < 8) score *= 0.6;
        if (!sentence.IsTerminated) score *= 0.7;
        if (page.Text[sentence.End - 1] is '?' or ':') score *= 0.5;
        if (LeansOnWhatCameBefore(page, sentence)) score *= 0.75;
        return sentence.IsProse ? score : score * NotProse;
    }

    private static bool LeansOnWhatCameBefore(PageWords page, in Sentence sentence) =>
        page.WordOf(page.Terms[page.Tokens[sentence.FirstToken].Term]) is "this" or "these" or "it" or "they" or "however" or "but" or "that"
            or "such" or "also" or "then" or "so" or "thus" or "he" or "she" or "therefore" or "otherwise" or "and" or "for";

    private static string Join(PageWords page, ReadOnlySpan<Sentence> sentences)
    {
        var summary = new StringBuilder();
        foreach (ref readonly var sentence in sentences)
        {
            if (!sentence.IsChosen) continue;
            if (summary.Length > 0) summary.Append(' ');
            AppendTidy(summary, page.Text.AsSpan(sentence.Start, sentence.End - sentence.Start));
            if (sentence.IsTerminated || summary.Length == 0) continue;
            // What was cut says so; what merely lacks its stop gets one, so that the next sentence stands apart.
            if (sentence.IsCut) summary.Append('\u2026');
            else if (char.IsLetterOrDigit(summary[^1])) summary.Append('.');
        }

        return summary.ToString();
    }

    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        AppendTidy(tidy, text);
        return tidy.ToString();
    }

    // Every run of white space and control characters becomes one space.
    private static void AppendTidy(StringBuilder target, ReadOnlySpan<char> text)
    {
        var from = target.Length;
        var gap = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                gap = true;
                continue;
            }

            if (gap && target.Length > from) target.Append(' ');
            gap = false;
            target.Append(c);
        }
    }
}
