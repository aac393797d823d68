namespace Promethean.Crawler;

/// <summary>Knows the parameters by which sites carry a visitor's session, or a secret, in the URL.</summary>
internal static class SessionParameters
{
    // Names that also mean harmless things ("sid" is a story in many forums): a session only when the value looks drawn by lot.
    private static readonly string[] _ambiguous = ["sid", "s", "token", "auth", "session", "sess"];

    /// <summary>Whether <c>name=value</c> carries a session.</summary>
    public static bool Carries(ReadOnlySpan<char> pair, CrawlUrlPolicy policy)
    {
        var at = pair.IndexOf('=');
        var name = at < 0 ? pair : pair[..at];
        var value = at < 0 ? [] : pair[(at + 1)..];
        return policy.IsSession(name) || (LooksRandom(value) && IsAmbiguous(name));
    }

    /// <summary>The name of a parameter of the URL that carries a session, or null.</summary>
    public static string? Find(Uri url, CrawlUrlPolicy policy)
    {
        foreach (var pair in url.Query.TrimStart('?').Split('&'))
            if (pair.Length > 0 && Carries(pair, policy)) return NameOf(pair);
        foreach (var segment in url.AbsolutePath.Split('/'))
            foreach (var pair in segment.Split(';').Skip(1))
                if (Carries(pair, policy)) return NameOf(pair);
        return null;
    }

    private static bool IsAmbiguous(ReadOnlySpan<char> name)
    {
        foreach (var candidate in _ambiguous)
            if (name.Equals(candidate, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool LooksRandom(ReadOnlySpan<char> value)
    {
        if (value.Length < 16) return false;
        var digits = 0;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '%')) return false;
            if (char.IsAsciiDigit(c)) digits++;
        }
        return digits >= 3;
    }

    private static string NameOf(string pair) => pair.Split('=', 2)[0];
}
