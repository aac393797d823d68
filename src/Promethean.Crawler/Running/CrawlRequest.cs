namespace Promethean.Crawler;

/// <summary>What one run crawls.</summary>
public sealed record CrawlRequest
{
    /// <summary>Where to begin: absolute http or https URLs, at least one. Their hosts are the run's scope, unless
    /// <see cref="CrawlerOptions.AllowDomains"/> widens it.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>How many pages the run gets at most, those that turned out unchanged included: never more, and fewer only where no
    /// more are to be had. Default: 1,000.</summary>
    public int MaxPages { get; init; } = 1000;

    /// <summary>How many links away from a seed a page may be; 0 gets the seeds alone. Default: 5.</summary>
    public int MaxDepth { get; init; } = 5;
}
