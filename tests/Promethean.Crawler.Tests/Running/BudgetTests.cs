using System.Net;

namespace Promethean.Crawler.Tests;

/// <summary>The run gets its number of pages exactly, however many are in flight.</summary>
[Trait("Category", "Integration")]
public sealed class BudgetTests
{
    private const int Hosts = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(37)]
    [InlineData(16)]
    [InlineData(5)]
    public async Task A_run_gets_exactly_its_pages_with_16_in_flight(int limit)
    {
        await using var bench = await CrawlBench.StartAsync();
        var seeds = Build(bench.Web);
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        bench.Web.Before = async (url, token) =>
        {
            if (url.AbsolutePath == "/robots.txt") return;
            if (Interlocked.Increment(ref arrived) == Math.Min(limit, Hosts)) together.SetResult();
            await together.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, token);
        };

        var report = await bench.Crawler(options => options.MaxConcurrency = Hosts).RunAsync(new CrawlRequest { Seeds = seeds, MaxPages = limit, MaxDepth = 10 }, Token);

        report.Pages.Should().Be(limit);
        bench.Web.Pages.Count(request => request.Status == 200).Should().Be(limit, "no page is fetched for nothing");
        bench.Web.MostAtOnce.Should().Be(Math.Min(limit, Hosts));
    }

    [Fact]
    public async Task A_run_does_not_stop_short_while_pages_remain()
    {
        await using var bench = await CrawlBench.StartAsync();
        var seeds = Build(bench.Web);
        var all = Hosts * 8;

        var report = await bench.Crawler(options => options.MaxConcurrency = Hosts).RunAsync(new CrawlRequest { Seeds = seeds, MaxPages = all, MaxDepth = 10 }, Token);

        report.Pages.Should().Be(all, "dead links take no place");
    }

    // Eight pages a host, and a dead link beside each.
    private static List<string> Build(TestWeb web)
    {
        var seeds = new List<string>();
        for (var host = 0; host < Hosts; host++)
        {
            var origin = $"http://h{host}.test";
            web.Status(origin + "/robots.txt", HttpStatusCode.NotFound);
            for (var page = 0; page < 8; page++)
                web.Page($"{origin}/{page}", SmallSite.Html($"{host} {page}", $"Words of page {page} about harbours on host {host}.", $"<a href=\"/{page + 1}\">next</a><a href=\"/dead{page}\">dead</a>"));
            seeds.Add(origin + "/0");
        }

        return seeds;
    }
}
