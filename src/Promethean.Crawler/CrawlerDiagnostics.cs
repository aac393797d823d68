using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promethean.Crawler;

/// <summary>The names under which the crawler is observed.</summary>
public static class CrawlerDiagnostics
{
    /// <summary>The name of the crawler's meter.</summary>
    public const string MeterName = "Promethean.Crawler";

    /// <summary>The name of the crawler's activity source.</summary>
    public const string ActivitySourceName = "Promethean.Crawler";

    internal static readonly ActivitySource Activities = new(ActivitySourceName);
    internal static readonly Meter Meter = new(MeterName);

    // From a millisecond to two minutes, as OpenTelemetry's conventions advise for durations in seconds.
    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    };

    internal static readonly Counter<long> PagesFetched = Meter.CreateCounter<long>("pages_fetched", "{page}", "Pages downloaded.");
    internal static readonly Counter<long> PagesSkipped = Meter.CreateCounter<long>("pages_skipped", "{page}", "Pages not downloaded or not kept, by reason.");
    internal static readonly Counter<long> RobotsBlocked = Meter.CreateCounter<long>("robots_blocked", "{url}", "URLs that robots.txt disallows.");
    internal static readonly Counter<long> BytesDownloaded = Meter.CreateCounter<long>("bytes_downloaded", "By", "Bytes of pages that came over the wire.");
    internal static readonly Counter<long> FetchFailures = Meter.CreateCounter<long>("fetch_failures", "{fetch}", "Fetches that failed, by whether they are tried again.");
    internal static readonly Counter<long> PassFailures = Meter.CreateCounter<long>("pass_failures", "{pass}", "Passes that failed, by pass and whether they are tried again.");
    internal static readonly Counter<long> Summaries = Meter.CreateCounter<long>("pages_summarised", "{page}", "Summaries made.");
    internal static readonly Counter<long> Taggings = Meter.CreateCounter<long>("pages_tagged", "{page}", "Pages tagged.");
    internal static readonly Counter<long> Indexings = Meter.CreateCounter<long>("pages_indexed", "{page}", "Pages written to both stores.");
    internal static readonly Histogram<double> FetchSeconds = Meter.CreateHistogram("fetch_duration", "s", "From the request to the whole answer.", tags: null, advice: _seconds);
    internal static readonly Histogram<double> ParseSeconds = Meter.CreateHistogram("parse_duration", "s", "From bytes to text and links.", tags: null, advice: _seconds);
    internal static readonly Histogram<double> StoreSeconds = Meter.CreateHistogram("store_duration", "s", "Writing a page, its edges and its new URLs.", tags: null, advice: _seconds);
    internal static readonly Histogram<double> ChatSeconds = Meter.CreateHistogram("llm_duration", "s", "One request to a chat model.", tags: null, advice: _seconds);
    internal static readonly Histogram<double> EmbedSeconds = Meter.CreateHistogram("embed_duration", "s", "One request to the embedding model.", tags: null, advice: _seconds);
    internal static readonly Histogram<double> SearchSeconds = Meter.CreateHistogram("search_duration", "s", "One search, from text to hits.", tags: null, advice: _seconds);
}
