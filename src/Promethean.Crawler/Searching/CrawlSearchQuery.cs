namespace Promethean.Crawler;

/// <summary>What to search for.</summary>
public sealed record CrawlSearchQuery
{
    /// <summary>What the pages should be about, in any words; not empty.</summary>
    public required string Text { get; init; }

    /// <summary>Tags the pages must all have, with or without <c>#</c>. Default: none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The domain the pages must be of, exactly; null for any. Default: null.</summary>
    public string? Domain { get; init; }

    /// <summary>The most hits, from 1 to 100. Default: 10.</summary>
    public int Limit { get; init; } = 10;
}
