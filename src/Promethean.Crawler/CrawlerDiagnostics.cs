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

    internal static readonly Counter<long> PagesFetched = Meter.CreateCounter<long>("pages_fetched", "{page}", "Pages downloaded.");
    internal static readonly Counter<long> PagesSkipped = Meter.CreateCounter<long>("pages_skipped", "{page}", "Pages not downloaded or not kept, by reason.");
    internal static readonly Counter<long> RobotsBlocked = Meter.CreateCounter<long>("robots_blocked", "{url}", "URLs that robots.txt disallows.");
    internal static readonly Counter<long> BytesDownloaded = Meter.CreateCounter<long>("bytes_downloaded", "By", "Bytes of pages that came over the wire.");
    internal static readonly Counter<long> FetchFailures = Meter.CreateCounter<long>("fetch_failures", "{fetch}", "Fetches that failed, by whether they are tried again.");
    internal static readonly Counter<long> PassFailures = Meter.CreateCounter<long>("pass_failures", "{pass}", "Passes that failed, by pass and whether they are tried again.");
    internal static readonly Counter<long> Summaries = Meter.CreateCounter<long>("pages_summarised", "{page}", "Summaries made.");
    internal static readonly Counter<long> Taggings = Meter.CreateCounter<long>("pages_tagged", "{page}", "Pages tagged.");
    internal static readonly Counter<long> Indexings = Meter.CreateCounter<long>("pages_indexed", "{page}", "Pages written to both stores.");
    internal static readonly Histogram<double> FetchSeconds = Meter.CreateHistogram<double>("fetch_duration", "s", "From the request to the whole answer.");
    internal static readonly Histogram<double> ParseSeconds = Meter.CreateHistogram<double>("parse_duration", "s", "From bytes to text and links.");
    internal static readonly Histogram<double> StoreSeconds = Meter.CreateHistogram<double>("store_duration", "s", "Writing a page, its edges and its new URLs.");
    internal static readonly Histogram<double> ChatSeconds = Meter.CreateHistogram<double>("llm_duration", "s", "One request to a chat model.");
    internal static readonly Histogram<double> EmbedSeconds = Meter.CreateHistogram<double>("embed_duration", "s", "One request to the embedding model.");
    internal static readonly Histogram<double> SearchSeconds = Meter.CreateHistogram<double>("search_duration", "s", "One search, from text to hits.");
}
