namespace Promethean.Workers;

/// <summary>Counts English plurals with their singular, where the page has both.</summary>
internal static class PluralForms
{
    private const int Longest = 40;

    /// <summary>For each term the one that stands for it: of a pair, the more frequent, else the singular.</summary>
    /// <param name="page">The page.</param>
    /// <param name="counts">The count of each standing term, its other form included.</param>
    public static int[] Merge(PageWords page, out int[] counts)
    {
        var canonical = new int[page.TermCount];
        counts = new int[page.TermCount];
        for (var i = 0; i < canonical.Length; i++) (canonical[i], counts[i]) = (i, page.Terms[i].Count);
        for (var plural = 0; plural < canonical.Length; plural++)
        {
            var singular = SingularOf(page, plural);
            if (singular < 0 || canonical[singular] != singular || canonical[plural] != plural) continue;
            var (kept, left) = counts[plural] > counts[singular] ? (plural, singular) : (singular, plural);
            canonical[left] = kept;
            counts[kept] += counts[left];
        }

        return canonical;
    }

    private static int SingularOf(PageWords page, int term)
    {
        if (page.Terms[term].IsStop) return -1;
        var word = page.WordOf(page.Terms[term]);
        if (word.Length is < 4 or > Longest || word[^1] != 's' || word[^2] is 's' or 'u' or 'i') return -1;
        var singular = page.Find(word[..^1]);
        if (singular < 0 && word.EndsWith("ies", StringComparison.Ordinal))
        {
            Span<char> y = stackalloc char[Longest];
            word[..^3].CopyTo(y);
            y[word.Length - 3] = 'y';
            singular = page.Find(y[..(word.Length - 2)]);
        }

        if (singular < 0 && word.EndsWith("es", StringComparison.Ordinal)) singular = page.Find(word[..^2]);
        return singular >= 0 && !page.Terms[singular].IsStop ? singular : -1;
    }
}
