namespace Promethean.Workers;

/// <summary>Tells sentences from code, menus, headings and the small print of sites.</summary>
internal static class ProseTest
{
    private const int FewestWords = 5;
    private const int FewestWordsWithoutStop = 12;

    /// <summary>Whether the sentence may stand in a summary.</summary>
    public static bool IsProse(PageWords page, in Sentence sentence)
    {
        if (sentence.Words < (sentence.IsTerminated ? FewestWords : FewestWordsWithoutStop)) return IsDense(page, sentence);
        var text = page.Text.AsSpan(sentence.Start, sentence.End - sentence.Start);
        var (letters, visible, code, dividers) = (0, 0, 0, 0);
        foreach (var c in text)
        {
            if (c is ' ' or '\n') continue;
            visible++;
            if (char.IsLetter(c)) letters++;
            else if (c is '{' or '}' or ';' or '=' or '<' or '>' or '\\' or '_' or '$' or '`' or '[' or ']' or '@' or '~' or '^'
                or '/' or '*' or '#' or '&') code++;
            else if (c is '|' or '\u00BB' or '\u203A' or '\u00B7' or '\u2022' or '\u2192') dividers++;
        }

        return letters * 10 >= visible * 7 && code * 16 <= visible && dividers < 2 && !IsSmallPrint(page, sentence)
            && (sentence.IsTerminated || !IsListOfTitles(page, sentence));
    }

    // Chinese and Japanese have few words by the count of spaces and scripts.
    private static bool IsDense(PageWords page, in Sentence sentence) =>
        sentence.IsTerminated && sentence.End - sentence.Start >= 8 && page.Text[sentence.Start] >= '\u2E80' && !char.IsSurrogate(page.Text[sentence.Start]);

    private static bool IsListOfTitles(PageWords page, in Sentence sentence)
    {
        var capitals = 0;
        foreach (var token in page.Tokens.Slice(sentence.FirstToken, sentence.Words))
        {
            if (char.IsUpper(page.Text[token.Start])) capitals++;
        }

        return capitals * 5 > sentence.Words * 3;
    }

    private static bool IsSmallPrint(PageWords page, in Sentence sentence)
    {
        var signs = 0;
        foreach (var token in page.Tokens.Slice(sentence.FirstToken, sentence.Words))
        {
            ref readonly var term = ref page.Terms[token.Term];
            if (term.Count > 3 || term.Length is < 5 or > 11) continue;
            if (page.WordOf(term) is "copyright" or "cookies" or "newsletter" or "subscribe" or "unsubscribe") return true;
            if (page.WordOf(term) is "rights" or "reserved" or "login" or "click" or "browser" or "javascript" or "enable" or "password" or "privacy") signs++;
        }

        return signs >= 2;
    }
}
