using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Crawler.Tests;

/// <summary>Under a fake clock: no host is asked sooner than it may be.</summary>
[Trait("Category", "Integration")]
public sealed class PolitenessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_least_gap_of_each_host_is_never_violated()
    {
        var clock = new FakeTimeProvider();
        await using var bench = await CrawlBench.StartAsync(clock);
        var seeds = Enumerable.Range(0, 5).Select(host => Build(bench.Web, host, crawlDelay: host == 0 ? 1 : null)).ToList();
        var crawler = bench.Crawler(options =>
        {
            options.HostDelay = TimeSpan.FromMilliseconds(300);
            options.MaxConcurrency = 50;
        });

        var report = await clock.RunAsync(crawler.RunAsync(new CrawlRequest { Seeds = seeds, MaxDepth = 20 }, Token));

        report.Pages.Should().Be(5 * 10);
        foreach (var host in bench.Web.Pages.GroupBy(request => request.Url.Host))
        {
            var least = TimeSpan.FromMilliseconds(host.Key == "h0.test" ? 1000 : 300);
            host.Zip(host.Skip(1), (one, next) => next.At - one.At).Should().OnlyContain(gap => gap >= least, "{0} asked for {1}", host.Key, least);
        }

        bench.Web.MostAtOncePerHost.Should().Be(1);
    }

    [Fact]
    public async Task A_host_that_asks_to_be_left_alone_is()
    {
        var clock = new FakeTimeProvider();
        await using var bench = await CrawlBench.StartAsync(clock);
        var seed = Build(bench.Web, 0, crawlDelay: null);
        var turned = 0;
        bench.Web.Before = (url, _) =>
        {
            if (url.AbsolutePath == "/3" && Interlocked.Increment(ref turned) == 1)
                bench.Web.Status("http://h0.test/4", HttpStatusCode.ServiceUnavailable, retryAfter: TimeSpan.FromSeconds(30));
            return Task.CompletedTask;
        };
        var run = bench.Crawler(options => options.HostDelay = TimeSpan.FromMilliseconds(10)).RunAsync(new CrawlRequest { Seeds = [seed], MaxDepth = 20 }, Token);
        await clock.RunAsync(RefusedAsync());
        Add(bench.Web, 0, 4);

        var report = await clock.RunAsync(run);

        report.Pages.Should().Be(10);
        var requests = bench.Web.Pages;
        var at = requests.TakeWhile(request => request.Status != 503).Count();
        (requests[at + 1].At - requests[at].At).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));

        async Task<bool> RefusedAsync()
        {
            await Eventually.TrueAsync(() => bench.Web.Pages.Any(request => request.Status == 503));
            return true;
        }
    }

    [Fact]
    public async Task The_global_rate_is_kept()
    {
        var clock = new FakeTimeProvider();
        await using var bench = await CrawlBench.StartAsync(clock);
        var seeds = Enumerable.Range(0, 5).Select(host => Build(bench.Web, host, crawlDelay: null)).ToList();
        var crawler = bench.Crawler(options => options.GlobalRequestsPerSecond = 5);

        var report = await clock.RunAsync(crawler.RunAsync(new CrawlRequest { Seeds = seeds, MaxDepth = 20, MaxPages = 20 }, Token));

        report.Pages.Should().Be(20);
        bench.Web.Pages.Max(request => request.At).Should().BeOnOrAfter(clock.Start + TimeSpan.FromMilliseconds(19 * 200), "a request may be late and never early");
    }

    private static string Build(TestWeb web, int host, int? crawlDelay)
    {
        web.Page($"http://h{host}.test/robots.txt", crawlDelay is null ? "" : $"User-agent: *\nCrawl-delay: {crawlDelay}\n", "text/plain");
        for (var page = 0; page < 10; page++) Add(web, host, page);
        return $"http://h{host}.test/0";
    }

    private static void Add(TestWeb web, int host, int page) =>
        web.Page($"http://h{host}.test/{page}", SmallSite.Html($"{host} {page}", $"Some words about harbours, page {page} on host {host}.", $"<a href=\"/{(page + 1) % 10}\">next</a><a href=\"/{(page + 3) % 10}\">other</a>"));
}
