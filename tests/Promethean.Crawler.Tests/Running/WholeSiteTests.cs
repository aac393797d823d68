using MongoDB.Bson;

namespace Promethean.Crawler.Tests;

/// <summary>A site with one of each thing a crawler meets, from seed to search.</summary>
[Trait("Category", "Integration")]
public sealed class WholeSiteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_becomes_exactly_its_graph_and_every_page_is_summarised_tagged_and_indexed()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed: 7);

        var report = await bench.Crawler().RunAsync(Request(site), Token);

        (await bench.GraphAsync()).Should().BeEquivalentTo(site.Edges);
        (report.Run, report.Pages, report.Edges, report.Summaries, report.Tagged, report.Vectors)
            .Should().Be((1, SmallSite.Stored, site.Edges.Count, SmallSite.Found, SmallSite.Found, SmallSite.Found));
        (report.Failed, report.Excluded, report.Blocked, report.Skipped, report.Duplicates).Should().Be((1, 2, 1, 2, 1));
        report.FailedSeeds.Should().BeEmpty();
        bench.Web.Pages.Should().OnlyHaveUniqueItems(request => request.Url);
        bench.Web.Pages.Select(request => request.Url.AbsolutePath).Should().NotContain(["/private/secret", "/unfollowed", "/manual.pdf"]);
        bench.Models.Chats.Should().OnlyHaveUniqueItems().And.HaveCount(2 * SmallSite.Found);
        bench.Web.MostAtOncePerHost.Should().Be(1);
    }

    [Fact]
    public async Task A_page_is_stored_with_the_fields_of_the_data_model()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed: 7);

        await bench.Crawler().RunAsync(Request(site), Token);

        var page = (await bench.AllAsync("pages")).Single(page => page["canonical_url"] == site.Url(4));
        CrawlUrl.TryCreate(site.Url(4), CrawlUrlPolicy.Default, out var identity, out _).Should().BeTrue();
        page["_id"].AsString.Should().Be(identity!.Id);
        page["url"].AsString.Should().StartWith(site.Url(4));
        page["domain"].AsString.Should().Be("site.test");
        page["title"].AsString.Should().Be("Page 4");
        page["lang"].AsString.Should().Be("en");
        page["http"]["status"].ToInt32().Should().Be(200);
        page["http"]["content_type"].AsString.Should().Be("text/html");
        page["http"]["etag"].AsString.Should().StartWith("\"");
        page["content_sha256"].AsString.Should().HaveLength(64);
        page["text_excerpt"].AsString.Should().StartWith("Page 4");
        page["summary"]["text"].AsString.Should().StartWith("Summary: ");
        page["summary"]["model"].AsString.Should().Be("extractive-summary");
        page["tags"].AsBsonArray.Select(tag => tag.AsString).Should().OnlyContain(tag => tag.StartsWith('#')).And.HaveCountGreaterThanOrEqualTo(3);
        page["embedding"].AsBsonDocument.Names.Should().BeEquivalentTo("dim", "model", "sha256");
        page["sink"]["web"]["have"].Should().Be(page["sink"]["web"]["want"]);
        page["flags"]["error"].ToBoolean().Should().BeFalse();
        page["first_seen_at"].Should().Be(page["last_crawled_at"]);
        page["version"].ToInt32().Should().Be(1);
        page.Contains("work").Should().BeFalse();
        var edge = (await bench.AllAsync("edges")).First(edge => edge["from"] == identity.Id);
        edge["_id"].AsString.Should().Be($"{edge["from"]}->{edge["to"]}");
        edge["rel"].AsString.Should().Be("a[href]");
        edge["anchor_text"].AsString.Should().StartWith("part ");
        edge.Names.Should().Contain(["first_seen_at", "last_seen_at"]);
    }

    [Fact]
    public async Task A_second_run_asks_conditionally_and_changes_nothing()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed: 7);
        var first = await bench.Crawler().RunAsync(Request(site), Token);
        var before = await bench.GraphAsync();
        var chats = bench.Models.Chats.Count;
        bench.Web.Forget();

        var second = await bench.Crawler().RunAsync(Request(site), Token);

        second.Should().BeEquivalentTo(first, options => options
            .Excluding(report => report.Run).Excluding(report => report.Elapsed).Excluding(report => report.Fetched).Excluding(report => report.NotModified));
        (second.Run, second.Fetched, second.NotModified).Should().Be((2, 0, SmallSite.Stored));
        (await bench.GraphAsync()).Should().BeEquivalentTo(before);
        bench.Web.Pages.Where(request => request.Status == 200).Should().BeEmpty();
        bench.Web.Pages.Count(request => request.Status == 304).Should().Be(SmallSite.Stored + 1, "the page with a canonical address is asked for as well");
        bench.Models.Chats.Should().HaveCount(chats, "unchanged text means no new work");
    }

    [Fact]
    public async Task A_changed_page_is_worked_on_anew_and_loses_the_links_it_lost()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed: 7);
        var first = await bench.Crawler().RunAsync(Request(site), Token);
        bench.Models.Chats.Clear();
        bench.Web.Page(site.Url(30), SmallSite.Html("Page 30", "Quite another text about lighthouses and their keepers.", "<a href=\"/p31\">next</a><a href=\"/p1\">one</a>"));

        var second = await bench.Crawler().RunAsync(Request(site), Token);

        (second.Fetched, second.Pages, second.Vectors).Should().Be((1, first.Pages, first.Vectors));
        bench.Models.Chats.Select(chat => chat.Url).Should().OnlyContain(url => url.StartsWith(site.Url(30), StringComparison.Ordinal)).And.HaveCount(2);
        (await bench.GraphAsync()).Where(edge => edge.StartsWith(site.Url(30) + " ", StringComparison.Ordinal))
            .Should().BeEquivalentTo([$"{site.Url(30)} {site.Url(31)}", $"{site.Url(30)} {site.Url(1)}"]);
    }

    [Fact]
    public async Task A_page_that_is_gone_is_marked_and_no_longer_found()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, seed: 7);
        bench.Web.Page(site.Url(40), SmallSite.Html("Zebra", "Zebras graze on the savannah beside giraffes.", "<a href=\"/p41\">next</a>"));
        await bench.Crawler().RunAsync(Request(site), Token);
        var query = new CrawlSearchQuery { Text = "zebras giraffes savannah", Limit = 1 };
        (await Search(bench, query)).Should().ContainSingle().Which.Url.Should().StartWith(site.Url(40));
        bench.Web.Remove(site.Url(40));

        await bench.Crawler().RunAsync(Request(site), Token);

        (await Search(bench, query)).Should().BeEmpty();
        (await bench.AllAsync("pages")).Should().ContainSingle(page => page["flags"].AsBsonDocument.GetValue("gone", false).ToBoolean());
    }

    private static Task<IReadOnlyList<CrawlSearchHit>> Search(CrawlBench bench, CrawlSearchQuery query) =>
        Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<CrawlSearch>(bench.Services()).SearchAsync(query, Token);

    private static CrawlRequest Request(SmallSite site) => new() { Seeds = [site.Seed], MaxDepth = 100 };
}
