using System.Net;
using MongoDB.Bson;

namespace Promethean.Crawler.Tests;

/// <summary>What becomes of single URLs, and of those that depend on them.</summary>
[Trait("Category", "Integration")]
public sealed class OutcomeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_that_fails_for_a_while_is_tried_again()
    {
        await using var bench = await StartAsync("<a href=\"/shy\">shy</a>");
        bench.Web.Page("http://s.test/shy", SmallSite.Html("Shy", "A page that takes two refusals before it answers.", ""));
        bench.Web.Turns("http://s.test/shy", HttpStatusCode.InternalServerError, HttpStatusCode.BadGateway);

        var report = await RunAsync(bench);

        (report.Pages, report.Failed).Should().Be((2, 0));
        bench.Web.Pages.Where(request => request.Url.AbsolutePath == "/shy").Select(request => request.Status).Should().Equal(500, 502, 200);
    }

    [Fact]
    public async Task A_page_that_keeps_failing_ends_as_failed_with_the_reason()
    {
        await using var bench = await StartAsync("<a href=\"/never\">never</a>");
        bench.Web.Status("http://s.test/never", HttpStatusCode.InternalServerError);

        var report = await RunAsync(bench);

        (report.Pages, report.Failed).Should().Be((1, 1));
        bench.Web.Pages.Count(request => request.Url.AbsolutePath == "/never").Should().Be(new CrawlerOptions().MaxTries);
        var url = (await bench.AllAsync("urls")).Single(url => url["url"] == "http://s.test/never");
        url["state"].AsString.Should().Be("failed");
        url["reason"].AsString.Should().Contain("500");
    }

    [Fact]
    public async Task A_host_that_dies_is_given_up_and_the_run_ends()
    {
        await using var bench = await StartAsync(string.Concat(Enumerable.Range(0, 30).Select(page => $"<a href=\"/{page}\">{page}</a>")));
        for (var page = 0; page < 30; page++) bench.Web.Down($"http://s.test/{page}");

        var report = await RunAsync(bench, options => options.MaxHostFailures = 3);

        (report.Pages, report.Failed).Should().Be((1, 30));
        bench.Web.Pages.Should().HaveCountLessThan(10);
    }

    [Fact]
    public async Task A_page_whose_canonical_address_is_no_page_counts_as_itself()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page that believes in another address.", "", "<link rel=\"canonical\" href=\"/nowhere\">"));

        var report = await RunAsync(bench);

        (report.Pages, report.Summaries, report.Failed).Should().Be((2, 2, 1));
        (await bench.GraphAsync()).Should().Equal("http://s.test/ http://s.test/a");
    }

    [Fact]
    public async Task Two_pages_that_call_each_other_canonical_become_one()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a><a href=\"/b\">b</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "One of two pages.", "", "<link rel=\"canonical\" href=\"/b\">"));
        bench.Web.Page("http://s.test/b", SmallSite.Html("B", "The other of two pages.", "", "<link rel=\"canonical\" href=\"/a\">"));

        var report = await RunAsync(bench);

        (report.Pages, report.Edges).Should().Be((2, 1));
    }

    [Fact]
    public async Task A_page_that_moves_leaves_no_second_node_behind()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page that will move elsewhere.", ""));
        await RunAsync(bench);
        bench.Web.Redirect("http://s.test/a", "/b");
        bench.Web.Page("http://s.test/b", SmallSite.Html("A", "A page that will move elsewhere.", ""));

        var report = await RunAsync(bench);

        (report.Pages, report.Vectors, report.Edges).Should().Be((2, 2, 1));
        (await bench.GraphAsync()).Should().Equal("http://s.test/ http://s.test/b");
    }

    [Fact]
    public async Task A_page_that_asks_not_to_be_found_any_more_is_not()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page that will hide itself.", ""));
        (await RunAsync(bench)).Vectors.Should().Be(2);
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page that will hide itself.", "", "<meta name=\"robots\" content=\"noindex\">"));

        var report = await RunAsync(bench);

        (report.Pages, report.Vectors, report.Summaries, report.Excluded).Should().Be((2, 1, 1, 1));
    }

    [Fact]
    public async Task Depth_and_scope_bound_the_crawl_and_allowed_domains_widen_it()
    {
        await using var bench = await StartAsync("<a href=\"/1\">one</a><a href=\"http://sub.other.test/\">other</a><a href=\"http://third.test/\">third</a>");
        bench.Web.Page("http://s.test/1", SmallSite.Html("1", "One link away from the seed.", "<a href=\"/2\">two</a>"));
        bench.Web.Page("http://s.test/2", SmallSite.Html("2", "Two links away from the seed.", ""));
        bench.Web.Page("http://sub.other.test/", SmallSite.Html("Other", "On an allowed domain.", ""));
        bench.Web.Page("http://third.test/", SmallSite.Html("Third", "On a domain not allowed.", ""));

        await RunAsync(bench, options => options.AllowDomains = ["other.test"], depth: 1);

        bench.Web.Pages.Select(request => request.Url.AbsoluteUri).Should().BeEquivalentTo("http://s.test/", "http://s.test/1", "http://sub.other.test/");
    }

    [Fact]
    public async Task A_fresh_page_is_not_asked_for_again()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page that stays fresh.", ""));
        var first = await RunAsync(bench, options => options.RevisitAfter = TimeSpan.FromHours(1));
        bench.Web.Forget();

        var second = await RunAsync(bench, options => options.RevisitAfter = TimeSpan.FromHours(1));

        bench.Web.Pages.Should().BeEmpty();
        (second.Pages, second.Edges, second.Vectors).Should().Be((first.Pages, first.Edges, first.Vectors));
    }

    [Fact]
    public async Task A_paused_crawl_fetches_nothing_until_it_is_resumed()
    {
        await using var bench = await StartAsync("");
        var crawler = bench.Crawler();
        crawler.Pause();
        var run = crawler.RunAsync(new CrawlRequest { Seeds = ["http://s.test/"] }, Token);
        await Eventually.TrueAsync(() => crawler.Progress.State == CrawlState.Paused);
        bench.Web.Pages.Should().BeEmpty();

        crawler.Resume();

        (await run).Pages.Should().Be(1);
        crawler.Progress.Should().Match<CrawlProgress>(now => now.State == CrawlState.Idle && now.Pages == 1 && now.Indexed == 1 && now.Queued == 0 && now.PassesWaiting == 0);
    }

    [Fact]
    public async Task What_is_missing_in_the_vectors_is_mended_at_the_start()
    {
        await using var bench = await StartAsync("<a href=\"/a\">a</a>");
        bench.Web.Page("http://s.test/a", SmallSite.Html("A", "A page whose vector will be lost.", ""));
        await RunAsync(bench);
        var ids = (await bench.AllAsync("pages")).Select(page => page["_id"].AsString).ToList();
        await using (var vectors = await bench.OpenVectorsAsync()) await vectors.DeleteAsync([ids[0]], Token);

        var report = await RunAsync(bench);

        report.Vectors.Should().Be(2);
    }

    private static async Task<CrawlBench> StartAsync(string links)
    {
        var bench = await CrawlBench.StartAsync();
        bench.Web.Page("http://s.test/", SmallSite.Html("Seed", "The first page, about harbours and their lights.", links));
        return bench;
    }

    private static Task<CrawlReport> RunAsync(CrawlBench bench, Action<CrawlerOptions>? configure = null, int depth = 5) =>
        bench.Crawler(configure).RunAsync(new CrawlRequest { Seeds = ["http://s.test/"], MaxDepth = depth }, Token);
}
