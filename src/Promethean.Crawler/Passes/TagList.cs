using System.Text;

namespace Promethean.Crawler;

/// <summary>Reads a model's list of tags, however it was punctuated: one topic a tag, <c>#</c> before it, kebab-case.</summary>
internal static class TagList
{
    public const int Fewest = 3;

    public const int Most = 12;

    private const int Longest = 40;

    private static readonly char[] _separators = [',', ';', '\n', '\r', '#', '|'];

    /// <summary>The usable tags in the order given, each once, at most <see cref="Most"/>.</summary>
    /// <param name="answer">What the model answered.</param>
    /// <param name="denied">Tags to leave out, without <c>#</c>.</param>
    public static IReadOnlyList<string> Parse(string answer, IReadOnlySet<string> denied)
    {
        var tags = new List<string>();
        foreach (var part in answer.Split(_separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Kebab(part) is { } tag && !denied.Contains(tag) && !tags.Contains("#" + tag)) tags.Add("#" + tag);
            if (tags.Count == Most) break;
        }

        return tags;
    }

    // Letters and digits stay; what stands between words becomes one hyphen; quotes, list numbers and the like vanish.
    private static string? Kebab(string part)
    {
        var tag = new StringBuilder(part.Length);
        var (gap, letters) = (false, 0);
        foreach (var rune in Composed(part).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            {
                if (gap && tag.Length > 0) tag.Append('-');
                tag.Append(Rune.ToLowerInvariant(rune).ToString());
                gap = false;
                if (Rune.IsLetter(rune)) letters++;
            }
            else if (Rune.IsWhiteSpace(rune) || rune.Value is '-' or '_' or '/' or '.' or '+')
            {
                gap = true;
            }
        }

        return letters >= 2 && tag.Length <= Longest ? tag.ToString() : null;
    }

    // In one form of Unicode, with what is no Unicode replaced, and without the number of a list's item.
    private static string Composed(string part)
    {
        var text = string.Concat(part.EnumerateRunes()).Normalize(NormalizationForm.FormKC).TrimStart();
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && text[digits] is ('.' or ')') ? text[(digits + 1)..] : text;
    }
}
