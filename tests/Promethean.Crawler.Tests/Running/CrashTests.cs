namespace Promethean.Crawler.Tests;

/// <summary>A crawl cut off between any two commands to the store goes on where it was.</summary>
[Trait("Category", "Integration")]
public sealed class CrashTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_crawl_cut_off_again_and_again_loses_no_page_and_takes_none_twice(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed);
        var request = new CrawlRequest { Seeds = [site.Seed], MaxDepth = 100 };
        var crashes = 0;
        CrawlReport? report = null;

        while (report is null && crashes < 12)
        {
            using var crash = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var commands = random.Next(5, 220);
            bench.OnCommand = () =>
            {
                if (Interlocked.Decrement(ref commands) == 0) crash.Cancel();
            };
            try
            {
                report = await bench.Crawler().RunAsync(request, crash.Token);
            }
            catch (OperationCanceledException) when (crash.IsCancellationRequested)
            {
                crashes++;
            }
        }

        bench.OnCommand = null;
        report ??= await bench.Crawler().RunAsync(request, Token);
        output.WriteLine($"{crashes} crashes");
        crashes.Should().BeGreaterThan(3);
        report.Run.Should().Be(1, "a crash does not begin a new run");
        (report.Pages, report.Edges, report.Summaries, report.Tagged, report.Vectors)
            .Should().Be((SmallSite.Stored, site.Edges.Count, SmallSite.Found, SmallSite.Found, SmallSite.Found));
        (report.Failed, report.Excluded, report.Blocked, report.Skipped, report.Duplicates).Should().Be((1, 2, 1, 2, 1));
        (await bench.GraphAsync()).Should().BeEquivalentTo(site.Edges);
        (await bench.AllAsync("pages")).Should().OnlyContain(page => !page.Contains("work"));
        var again = bench.Web.Pages.Where(fetch => fetch.Status == 200).GroupBy(fetch => fetch.Url.GetLeftPart(UriPartial.Path)).Sum(page => page.Count() - 1);
        again.Should().BeLessThanOrEqualTo(2 * crashes, "a crash costs at most the page being stored and the one being fetched");
        var asked = bench.Models.Chats.GroupBy(chat => chat).Sum(chat => chat.Count() - 1);
        asked.Should().BeLessThanOrEqualTo(4 * crashes, "a crash costs at most the pass each worker was at");
    }

    [Fact]
    public async Task A_budget_holds_across_crashes()
    {
        var random = new Random(11);
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, 11);
        var request = new CrawlRequest { Seeds = [site.Seed], MaxDepth = 100, MaxPages = 23 };
        for (var crash = 0; crash < 4; crash++)
        {
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var commands = random.Next(20, 60);
            bench.OnCommand = () =>
            {
                if (Interlocked.Decrement(ref commands) == 0) cut.Cancel();
            };
            await FluentActions.Awaiting(() => bench.Crawler().RunAsync(request, cut.Token)).Should().ThrowAsync<OperationCanceledException>();
        }

        bench.OnCommand = null;

        var report = await bench.Crawler().RunAsync(request, Token);

        (report.Run, report.Pages).Should().Be((1, 23));
    }
}
