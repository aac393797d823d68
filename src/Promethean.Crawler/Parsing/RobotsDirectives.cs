namespace Promethean.Crawler;

/// <summary>Gathers what a page asks of robots: <c>meta name=robots</c>, <c>meta name=(the crawler)</c>, and <c>X-Robots-Tag</c>.</summary>
internal sealed class RobotsDirectives(string productToken)
{
    // Directives with a value of their own, whose colon does not name a crawler.
    private static readonly string[] _valued = ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];

    public bool NoIndex { get; private set; }

    public bool NoFollow { get; private set; }

    public void AddMeta(string name, string content)
    {
        if (IsUs(name)) foreach (var directive in content.Split(',', ' ')) Add(directive);
    }

    /// <summary>Reads <c>[crawler:] directive, directive…</c>; a crawler's name holds until the next one.</summary>
    public void AddHeader(string header)
    {
        var forUs = true;
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            var directive = part;
            var colon = part.IndexOf(':');
            if (colon >= 0 && !_valued.Contains(part[..colon].TrimEnd(), StringComparer.OrdinalIgnoreCase))
            {
                forUs = IsUs(part[..colon].TrimEnd());
                directive = part[(colon + 1)..];
            }
            if (forUs) Add(directive);
        }
    }

    private bool IsUs(string name) =>
        name.Equals("robots", StringComparison.OrdinalIgnoreCase) || name.Equals(productToken, StringComparison.OrdinalIgnoreCase);

    private void Add(string directive)
    {
        switch (directive.Trim().ToLowerInvariant())
        {
            case "noindex":
                NoIndex = true;
                break;
            case "nofollow":
                NoFollow = true;
                break;
            case "none":
                NoIndex = NoFollow = true;
                break;
        }
    }
}
