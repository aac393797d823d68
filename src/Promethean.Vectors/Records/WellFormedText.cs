using System.Text;

namespace Promethean.Vectors;

/// <summary>UTF-16 that survives UTF-8: no half surrogate pairs.</summary>
internal static class WellFormedText
{
    public static bool Is(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (at < 0) return true;
        for (; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
            at++;
        }

        return true;
    }

    /// <summary>The text with each half surrogate pair replaced by U+FFFD, as any UTF-8 store would read it back.</summary>
    public static string From(string text) => Is(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
