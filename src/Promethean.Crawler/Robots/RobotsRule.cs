using System.Text;

namespace Promethean.Crawler;

/// <summary>
/// One Allow or Disallow line. The pattern is cut at its <c>*</c>s into literals, which are sought one after another, each
/// as far left as can be: linear in the URL, whatever a hostile file asks.
/// </summary>
internal sealed class RobotsRule
{
    private readonly string[] _literals;
    private readonly bool _toEnd;

    public RobotsRule(bool allow, string pattern)
    {
        Allow = allow;
        _toEnd = pattern.EndsWith('$');
        var path = _toEnd ? pattern[..^1] : pattern;
        if (path.Length == 0 || path[0] is not ('/' or '*')) path = "/" + path;
        _literals = [.. path.Split('*').Select(Canonical)];
        Length = pattern.Length;
    }

    public bool Allow { get; }

    /// <summary>The octets of the pattern, by which the most specific rule is found.</summary>
    public int Length { get; }

    public bool Matches(string subject)
    {
        if (!subject.StartsWith(_literals[0], StringComparison.Ordinal)) return false;
        if (_literals.Length == 1) return !_toEnd || subject.Length == _literals[0].Length;

        var rest = subject.AsSpan(_literals[0].Length);
        foreach (var literal in _literals.AsSpan(1..^1))
        {
            var at = rest.IndexOf(literal, StringComparison.Ordinal);
            if (at < 0) return false;
            rest = rest[(at + literal.Length)..];
        }
        return _toEnd
            ? rest.EndsWith(_literals[^1], StringComparison.Ordinal)
            : rest.IndexOf(_literals[^1], StringComparison.Ordinal) >= 0;
    }

    /// <summary>
    /// One spelling for paths and patterns (RFC 9309, 2.2.2): unreserved characters plain, all beyond ASCII
    /// percent-encoded, and the characters that patterns give a meaning (<c>*</c>, <c>$</c>) encoded where meant as such.
    /// </summary>
    public static string Canonical(string path)
    {
        var normal = UrlText.NormalizePercent(path);
        if (normal.AsSpan().IndexOfAnyExceptInRange('\u0021', '\u007e') < 0 && normal.AsSpan().IndexOfAny('*', '$') < 0) return normal;

        var result = new StringBuilder(normal.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in normal.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7f and not ('*' or '$'))
            {
                result.Append((char)rune.Value);
                continue;
            }
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) result.Append('%').Append(b.ToString("X2", null));
        }
        return result.ToString();
    }
}
