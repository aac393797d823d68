namespace Promethean.Crawler;

/// <summary>
/// What a site's robots.txt asks of one crawler (RFC 9309, with the <c>Crawl-delay</c> and <c>Sitemap</c> extensions).
/// Immutable.
/// </summary>
public sealed class RobotsRules
{
    private readonly RobotsRule[] _rules;

    internal RobotsRules(IEnumerable<RobotsRule> rules, TimeSpan? crawlDelay, IReadOnlyList<Uri> sitemaps)
    {
        // RFC 9309, 2.2.2: the longest match wins, and of equals the Allow; so the first match in this order decides.
        _rules = [.. rules.OrderByDescending(rule => rule.Length).ThenByDescending(rule => rule.Allow)];
        CrawlDelay = crawlDelay;
        Sitemaps = sitemaps;
    }

    /// <summary>The rules of a site that has no robots.txt: everything is allowed.</summary>
    public static RobotsRules AllowAll { get; } = new([], null, []);

    /// <summary>The seconds the site asks to be left alone between requests, or null. Never negative, at most a day.</summary>
    public TimeSpan? CrawlDelay { get; }

    /// <summary>The sitemaps the file names, absolute http or https, in its order.</summary>
    public IReadOnlyList<Uri> Sitemaps { get; }

    /// <summary>Whether the file could not be had, so that nothing may be fetched for now (RFC 9309, 2.3.1.4).</summary>
    public bool Unreachable => UnreachableReason is not null;

    /// <summary>Why the file could not be had, in words; null where it could.</summary>
    public string? UnreachableReason { get; private init; }

    /// <summary>Whether it could not be had because the site leads to an address that must not be reached.</summary>
    internal bool AddressForbidden { get; private init; }

    /// <summary>Reads a robots.txt. Never throws for foreign bytes; what is no rule is passed over.</summary>
    /// <param name="content">The file; what exceeds 500 KiB is ignored.</param>
    /// <param name="productToken">The crawler's name as robots.txt files address it, for example <c>PrometheanCrawler</c>.</param>
    /// <param name="robotsUrl">Where the file came from; relative sitemaps are resolved against it.</param>
    /// <returns>The rules of the groups that name the crawler, or else of the groups for <c>*</c>.</returns>
    public static RobotsRules Parse(ReadOnlySpan<byte> content, string productToken, Uri robotsUrl)
    {
        ArgumentException.ThrowIfNullOrEmpty(productToken);
        ArgumentNullException.ThrowIfNull(robotsUrl);
        return RobotsParser.Parse(content, productToken, robotsUrl);
    }

    /// <summary>The rules while the file cannot be had: nothing is allowed.</summary>
    /// <param name="reason">Why it cannot be had, in words.</param>
    /// <returns>Rules that disallow everything but <c>/robots.txt</c>.</returns>
    public static RobotsRules DisallowAll(string reason) => DisallowAll(reason, addressForbidden: false);

    internal static RobotsRules DisallowAll(string reason, bool addressForbidden) =>
        new([], null, []) { UnreachableReason = reason, AddressForbidden = addressForbidden };

    /// <summary>Whether the crawler may fetch a URL of this site.</summary>
    /// <param name="url">An absolute URL; only its path and query are looked at.</param>
    /// <returns>True unless a rule that counts more than any Allow disallows it.</returns>
    public bool IsAllowed(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var subject = RobotsRule.Canonical(url.PathAndQuery);
        if (subject == "/robots.txt") return true;
        if (Unreachable) return false;
        foreach (var rule in _rules)
            if (rule.Matches(subject)) return rule.Allow;
        return true;
    }
}
