namespace Promethean.Crawler;

/// <summary>What the parts of one run in one process share.</summary>
internal sealed class CrawlSession(CrawlRun run, CrawlStores stores, CrawlerOptions options, TimeProvider time, CrawlCounters counters)
{
    public CrawlRun Run { get; } = run;

    public CrawlStores Stores { get; } = stores;

    public CrawlerOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public CrawlCounters Counters { get; } = counters;

    public CrawlBudget Budget { get; } = new(run.MaxPages, run.Pages);

    public SeenUrls Seen { get; } = new();

    /// <summary>Sent when a host or its URLs may have become ready.</summary>
    public Pulse Changed { get; } = new(time);

    public DateTimeOffset Now => Time.GetUtcNow();
}
