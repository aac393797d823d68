using System.Text;

namespace Promethean.Crawler;

/// <summary>Small text operations of HTML.</summary>
internal static class PageText
{
    /// <summary>The text with every run of white space as one space, and none at the ends.</summary>
    public static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        AppendCollapsed(result, text);
        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return result.ToString();
    }

    /// <summary>Appends text as it flows in a paragraph: no space at the start or after a space.</summary>
    /// <returns>How many characters were appended.</returns>
    public static int AppendCollapsed(StringBuilder target, ReadOnlySpan<char> text)
    {
        var before = target.Length;
        foreach (var c in text)
        {
            if (c == '\u00ad' || c == '\u200b' || c == '\ufeff') continue; // soft hyphens and zero-width marks
            if (!char.IsWhiteSpace(c)) target.Append(char.IsControl(c) ? '\ufffd' : c);
            else if (target.Length > 0 && target[^1] != ' ') target.Append(' ');
        }
        return target.Length - before;
    }

    /// <summary>Whether a space-separated attribute holds a token, case ignored.</summary>
    public static bool HasToken(string? attribute, string token)
    {
        if (attribute is null) return false;
        foreach (var range in attribute.AsSpan().SplitAny(" \t\r\n\f"))
            if (attribute.AsSpan(range).Equals(token, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
