namespace Promethean.Crawler;

/// <summary>What has become of a URL, as the frontier's documents write it.</summary>
internal static class UrlState
{
    /// <summary>To be fetched once due.</summary>
    public const string Queued = "queued";

    /// <summary>Taken by the holder of its host's lease; queued again when a crash left it so.</summary>
    public const string Fetching = "fetching";

    /// <summary>A page was stored under it.</summary>
    public const string Done = "done";

    /// <summary>It leads to another URL, by a redirect or by the canonical address of its page.</summary>
    public const string Alias = "alias";

    /// <summary>It could not be had.</summary>
    public const string Failed = "failed";

    /// <summary>robots.txt disallows it.</summary>
    public const string Blocked = "blocked";

    /// <summary>Of no use by rule: another media type, too large, a forbidden address.</summary>
    public const string Skipped = "skipped";
}
