using Microsoft.Extensions.DependencyInjection;
using Promethean.Vectors;

namespace Promethean.Crawler.Tests;

/// <summary>What a user gets wrong, or the web does: a message that names the seed, and data left as it was.</summary>
[Trait("Category", "Integration")]
public sealed class SeedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ftp://example.com/", "ftp")]
    [InlineData("not a url", "not a url")]
    [InlineData("http://user:secret@example.com/", "password")]
    public async Task A_seed_that_is_no_URL_to_crawl_ends_the_run_before_it_begins(string seed, string named)
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, 1);

        var failure = (await FluentActions.Awaiting(() => bench.Crawler().RunAsync(new CrawlRequest { Seeds = [site.Seed, seed] }, Token))
            .Should().ThrowAsync<CrawlFailedException>()).Which;

        failure.Message.Should().Contain(named);
        failure.Seeds.Should().ContainSingle().Which.Kind.Should().Be(SeedFailure.Invalid);
        bench.Web.Requests.Should().BeEmpty();
        (await bench.AllAsync("runs")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_seed_that_cannot_be_reached_is_named_with_the_reason_and_nothing_is_touched()
    {
        await using var bench = await CrawlBench.StartAsync();
        bench.Web.Down("http://down.test/robots.txt");
        bench.Web.Down("http://down.test/");

        var failure = (await FluentActions.Awaiting(() => bench.Crawler().RunAsync(new CrawlRequest { Seeds = ["http://down.test/"] }, Token))
            .Should().ThrowAsync<CrawlFailedException>()).Which;

        failure.Message.Should().Contain("http://down.test/");
        failure.Seeds.Single().Kind.Should().Be(SeedFailure.Unreachable);
        (await bench.AllAsync("runs")).Should().BeEmpty();
        (await bench.AllAsync("urls")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_private_address_is_refused_by_the_guarded_network()
    {
        await using var bench = await CrawlBench.StartAsync();
        var crawler = bench.Services(real: true).GetRequiredService<WebCrawler>();

        var failure = (await FluentActions.Awaiting(() => crawler.RunAsync(new CrawlRequest { Seeds = ["http://127.0.0.1:9/"] }, Token))
            .Should().ThrowAsync<CrawlFailedException>()).Which;

        failure.Seeds.Single().Kind.Should().Be(SeedFailure.ForbiddenAddress);
        failure.Message.Should().Contain("http://127.0.0.1:9/");
        (await bench.AllAsync("runs")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_seed_that_gives_an_error_fails_the_run_when_there_is_no_other()
    {
        await using var bench = await CrawlBench.StartAsync();
        bench.Web.Status("http://err.test/", System.Net.HttpStatusCode.InternalServerError);

        var failure = (await FluentActions.Awaiting(() => bench.Crawler().RunAsync(new CrawlRequest { Seeds = ["http://err.test/"] }, Token))
            .Should().ThrowAsync<CrawlFailedException>()).Which;

        failure.Message.Should().Contain("http://err.test/").And.Contain("500");
        bench.Web.Pages.Should().HaveCount(new CrawlerOptions().MaxTries);
    }

    [Fact]
    public async Task A_failed_seed_beside_a_good_one_is_reported()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, 1);
        bench.Web.Page("http://closed.test/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain");

        var report = await bench.Crawler().RunAsync(new CrawlRequest { Seeds = [site.Seed, "http://closed.test/"], MaxPages = 5 }, Token);

        report.Pages.Should().Be(5);
        report.FailedSeeds.Should().ContainSingle().Which.Should().Match<FailedSeed>(seed => seed.Seed == "http://closed.test/" && seed.Kind == SeedFailure.Robots);
    }

    [Fact]
    public async Task A_seed_that_moved_to_another_host_takes_the_scope_along()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, 1, "http://www.site.test");
        bench.Web.Redirect("http://site.test/", site.Seed);

        var report = await bench.Crawler().RunAsync(new CrawlRequest { Seeds = ["http://site.test/"], MaxDepth = 100 }, Token);

        report.Pages.Should().Be(SmallSite.Stored);
        report.FailedSeeds.Should().BeEmpty();
    }

    [Fact]
    public async Task A_seed_whose_redirects_go_in_a_circle_gives_no_page()
    {
        await using var bench = await CrawlBench.StartAsync();
        bench.Web.Redirect("http://round.test/a", "/b");
        bench.Web.Redirect("http://round.test/b", "/a");

        var failure = (await FluentActions.Awaiting(() => bench.Crawler().RunAsync(new CrawlRequest { Seeds = ["http://round.test/a"] }, Token))
            .Should().ThrowAsync<CrawlFailedException>()).Which;

        failure.Seeds.Single().Kind.Should().Be(SeedFailure.NoPage);
    }

    [Fact]
    public async Task Vectors_of_another_dimension_refuse_to_start_and_nothing_is_fetched_or_written()
    {
        await using var bench = await CrawlBench.StartAsync();
        var site = new SmallSite(bench.Web, 1);
        var request = new CrawlRequest { Seeds = [site.Seed], MaxPages = 3 };
        await bench.Crawler().RunAsync(request, Token);
        var before = await FingerprintAsync(bench);
        bench.Web.Forget();

        var failure = (await FluentActions.Awaiting(() => bench.Crawler(options => (options.EmbedModel, options.EmbedDimension) = ("lexical-hash-128", 128)).RunAsync(request, Token))
            .Should().ThrowAsync<EmbeddingSpecMismatchException>()).Which;

        failure.Message.Should().Contain("384").And.Contain("128");
        bench.Web.Requests.Should().BeEmpty();
        (await FingerprintAsync(bench)).Should().Equal(before);
    }

    private static async Task<List<string>> FingerprintAsync(CrawlBench bench)
    {
        var all = new List<string>();
        foreach (var collection in new[] { "pages", "edges", "urls", "hosts", "runs", "texts" })
            all.AddRange((await bench.AllAsync(collection)).Select(document => document.ToString()!).Order(StringComparer.Ordinal));
        return all;
    }
}
