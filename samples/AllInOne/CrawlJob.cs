using System.Text.Json;
using Promethean.Crawler;

namespace AllInOne;

/// <summary>One crawl, told as it goes, and what is printed when it is over.</summary>
internal static class CrawlJob
{
    public static async Task<CrawlReport> RunAsync(WebCrawler crawler, IReadOnlyList<string> seeds, AllInOneOptions options, CancellationToken cancellationToken)
    {
        var limits = new CrawlRequest { Seeds = seeds };
        var request = limits with
        {
            MaxPages = options.MaxPages ?? CrawlerEnvironment.ReadMaxPages() ?? limits.MaxPages,
            MaxDepth = options.MaxDepth ?? CrawlerEnvironment.ReadMaxDepth() ?? limits.MaxDepth,
        };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var showing = new ProgressLine(crawler, TimeProvider.System).ShowAsync(over.Token);
        try
        {
            return await crawler.RunAsync(request, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await showing;
        }
    }

    public static void Print(CrawlReport report) => Console.WriteLine(JsonSerializer.Serialize(new
    {
        pages = report.Pages,
        edges = report.Edges,
        summaries = report.Summaries,
        tagged = report.Tagged,
        vectors = report.Vectors,
        failed = report.Failed,
        seconds = Math.Round(report.Elapsed.TotalSeconds, 1),
    }));

    public static async Task PrintHitsAsync(CrawlSearch search, string text, CancellationToken cancellationToken)
    {
        foreach (var hit in await search.SearchAsync(new CrawlSearchQuery { Text = text }, cancellationToken))
        {
            Console.WriteLine($"{hit.Score:F3}  {hit.Title}  {hit.Url}");
        }
    }
}
