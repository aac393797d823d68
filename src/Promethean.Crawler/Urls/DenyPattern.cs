namespace Promethean.Crawler;

/// <summary>
/// One deny pattern over the path of a URL, case ignored. <c>*</c> stands for any characters. A pattern that begins with
/// <c>/</c> matches at any segment and ends where a word ends (<c>/logout</c> matches <c>/user/logout.php</c>, not
/// <c>/logouts-explained</c>); any other must cover the whole path (<c>*.pdf</c>). With a <c>?</c> it sees the query too.
/// </summary>
internal sealed class DenyPattern(string pattern)
{
    // Nearly all patterns are one of two shapes, and every link of every page meets all of them: these two need no glob.
    private readonly string? _suffix = pattern.StartsWith('*') && !pattern.AsSpan(1).ContainsAny('*', '?') ? pattern[1..] : null;
    private readonly bool _isLiteral = pattern.StartsWith('/') && !pattern.AsSpan().ContainsAny('*', '?');

    public string Text => pattern;

    public bool Matches(Uri url)
    {
        var subject = pattern.Contains('?') ? url.PathAndQuery : url.AbsolutePath;
        if (pattern.Length == 0) return false;
        if (_suffix is not null) return subject.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase);
        if (_isLiteral && !subject.Contains(pattern, StringComparison.OrdinalIgnoreCase)) return false;
        if (pattern[0] != '/') return MatchLength(pattern, subject, whole: true);

        for (var at = 0; at >= 0; at = subject.IndexOf('/', at + 1))
        {
            if (MatchLength(pattern, subject.AsSpan(at), whole: false)) return true;
            if (at + 1 >= subject.Length) break;
        }
        return false;
    }

    // The usual two-pointer glob: on a mismatch, let the last star take one character more.
    private static bool MatchLength(ReadOnlySpan<char> glob, ReadOnlySpan<char> text, bool whole)
    {
        int g = 0, t = 0, star = -1, starText = 0;
        while (true)
        {
            if (g == glob.Length && (t == text.Length || (!whole && EndsAWord(glob, text, t)))) return true;
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                starText = t;
            }
            else if (g < glob.Length && t < text.Length && char.ToLowerInvariant(glob[g]) == char.ToLowerInvariant(text[t]))
            {
                g++;
                t++;
            }
            else if (star >= 0 && starText < text.Length)
            {
                g = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }
    }

    private static bool EndsAWord(ReadOnlySpan<char> glob, ReadOnlySpan<char> text, int at) =>
        glob[^1] is '/' or '*' || !(char.IsLetterOrDigit(text[at]) || text[at] is '-' or '_');
}
