namespace Promethean.Crawler;

/// <summary>Where a crawler stands at one moment. Counts of the frontier and the stores are approximate while it runs.</summary>
public sealed record CrawlProgress
{
    /// <summary>What the crawler is doing.</summary>
    public required CrawlState State { get; init; }

    /// <summary>The run's number; 0 before the first.</summary>
    public int Run { get; init; }

    /// <summary>Pages the run has got so far, those of an interrupted start included.</summary>
    public long Pages { get; init; }

    /// <summary>The most pages it will get.</summary>
    public long MaxPages { get; init; }

    /// <summary>URLs waiting to be fetched.</summary>
    public long Queued { get; init; }

    /// <summary>Hosts being fetched from.</summary>
    public int InFlight { get; init; }

    /// <summary>Pages downloaded by this process in this run.</summary>
    public long Fetched { get; init; }

    /// <summary>Pages found unchanged by this process in this run.</summary>
    public long NotModified { get; init; }

    /// <summary>URLs given up by this process in this run.</summary>
    public long Failed { get; init; }

    /// <summary>URLs that robots.txt disallowed, met by this process in this run.</summary>
    public long Blocked { get; init; }

    /// <summary>Bytes of pages that came over the wire to this process in this run.</summary>
    public long BytesDownloaded { get; init; }

    /// <summary>Summaries made by this process in this run.</summary>
    public long Summarised { get; init; }

    /// <summary>Pages tagged by this process in this run.</summary>
    public long Tagged { get; init; }

    /// <summary>Pages indexed for search by this process in this run.</summary>
    public long Indexed { get; init; }

    /// <summary>Passes waiting or under way.</summary>
    public long PassesWaiting { get; init; }

    /// <summary>The last thing that went wrong with the models, or null when the last request went well.</summary>
    public string? LastPassError { get; init; }

    /// <summary>How long this process has worked at the run.</summary>
    public TimeSpan Elapsed { get; init; }
}
