namespace Promethean.Crawler;

/// <summary>What a run did and left: totals of the stores at its end, and what it took to get there.</summary>
public sealed record CrawlReport
{
    /// <summary>The run's number, from 1; a run continued after a crash keeps its number.</summary>
    public required int Run { get; init; }

    /// <summary>Pages in the store.</summary>
    public required long Pages { get; init; }

    /// <summary>Links in the store.</summary>
    public required long Edges { get; init; }

    /// <summary>Pages with a summary.</summary>
    public required long Summaries { get; init; }

    /// <summary>Pages with tags.</summary>
    public required long Tagged { get; init; }

    /// <summary>Vectors in the collection.</summary>
    public required long Vectors { get; init; }

    /// <summary>URLs that could not be had, and pages of which a pass was given up.</summary>
    public required long Failed { get; init; }

    /// <summary>Pages without a summary by rule: no text, or <c>noindex</c>.</summary>
    public required long Excluded { get; init; }

    /// <summary>URLs that robots.txt disallows.</summary>
    public required long Blocked { get; init; }

    /// <summary>URLs whose pages are of no use by rule: another media type, too large, an address that must not be reached.</summary>
    public required long Skipped { get; init; }

    /// <summary>Pages whose text another page has as well.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Pages downloaded by this process in this run.</summary>
    public required long Fetched { get; init; }

    /// <summary>Pages this process found unchanged in this run, without downloading them.</summary>
    public required long NotModified { get; init; }

    /// <summary>How long this process worked at the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Seeds that gave no page, with the reason.</summary>
    public required IReadOnlyList<FailedSeed> FailedSeeds { get; init; }
}
