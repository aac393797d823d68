using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Promethean.Crawler.Server.Tests;

/// <summary>The endpoints over a crawl of three pages.</summary>
[Trait("Category", "Integration")]
public sealed class CrawlerEndpointsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_search_answers_hits_best_first_and_their_pages_are_found_by_id()
    {
        await using var app = await CrawledAsync();

        var answer = await app.Http.GetFromJsonAsync<JsonElement>("/search?q=honey%20bees%20and%20their%20hive&limit=2", Token);

        answer.GetProperty("query").GetString().Should().Be("honey bees and their hive");
        var hits = answer.GetProperty("hits").EnumerateArray().ToList();
        hits.Should().HaveCount(2);
        hits[0].GetProperty("title").GetString().Should().Be("Bees");
        hits[0].GetProperty("url").GetString().Should().Be("http://three.test/bees");
        hits[0].GetProperty("tags").EnumerateArray().Should().HaveCountGreaterThanOrEqualTo(3);
        hits[0].GetProperty("score").GetDouble().Should().BeGreaterThan(hits[1].GetProperty("score").GetDouble());
        var page = (await app.Http.GetFromJsonAsync<JsonElement>($"/page/{hits[0].GetProperty("id").GetString()}", Token)).GetProperty("page");
        page.GetProperty("title").GetString().Should().Be("Bees");
        page.GetProperty("outDegree").GetInt64().Should().Be(2);
        page.GetProperty("linkedFrom")[0].GetProperty("anchorText").GetString().Should().Be("On bees");
    }

    [Fact]
    public async Task A_search_is_narrowed_by_tag_and_domain()
    {
        await using var app = await CrawledAsync();
        var tag = (await app.Http.GetFromJsonAsync<JsonElement>("/search?q=glass", Token)).GetProperty("hits")[0].GetProperty("tags")[0].GetString();

        var tagged = await app.Http.GetFromJsonAsync<JsonElement>($"/search?q=anything&tags={Uri.EscapeDataString(tag!)}", Token);
        var elsewhere = await app.Http.GetFromJsonAsync<JsonElement>("/search?q=anything&domain=elsewhere.test", Token);

        tagged.GetProperty("hits").EnumerateArray().Should().OnlyContain(hit => hit.GetProperty("tags").EnumerateArray().Any(one => one.GetString() == tag)).And.NotBeEmpty();
        elsewhere.GetProperty("hits").EnumerateArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("/search", "'q'")]
    [InlineData("/search?q=%20", "'q'")]
    [InlineData("/search?q=x&limit=0", "'limit'")]
    [InlineData("/search?q=x&limit=101", "'limit'")]
    [InlineData("/search?q=x&limit=many", "'limit'")]
    public async Task A_bad_request_is_a_400_that_names_what_is_wrong(string path, string named)
    {
        await using var app = await CrawlerApp.StartAsync();

        using var answer = await app.Http.GetAsync(path, Token);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString().Should().Contain(named);
    }

    [Fact]
    public async Task A_query_without_end_is_refused()
    {
        await using var app = await CrawlerApp.StartAsync();
        using var answer = await app.Http.GetAsync("/search?q=" + new string('x', 1001), Token);
        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_page_that_is_not_there_is_a_404()
    {
        await using var app = await CrawlerApp.StartAsync();
        using var answer = await app.Http.GetAsync("/page/nothing", Token);
        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public async Task A_broker_that_is_away_is_a_503()
    {
        await using var app = await CrawledAsync();
        app.Broker.DisconnectNow();
        using var answer = await app.Http.GetAsync("/search?q=bees", Token);
        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task The_progress_is_told()
    {
        await using var app = await CrawlerApp.StartAsync();
        (await app.Http.GetFromJsonAsync<JsonElement>("/crawl", Token)).GetProperty("state").GetString().Should().Be("Idle");

        await app.Crawler.RunAsync(new CrawlRequest { Seeds = ["http://three.test/"] }, Token);

        var after = await app.Http.GetFromJsonAsync<JsonElement>("/crawl", Token);
        (after.GetProperty("run").GetInt32(), after.GetProperty("pages").GetInt64(), after.GetProperty("indexed").GetInt64()).Should().Be((1, 3, 3));
    }

    [Fact]
    public async Task The_page_runs_its_own_script_and_nothing_else()
    {
        await using var app = await CrawlerApp.StartAsync();

        using var answer = await app.Http.GetAsync("/", Token);

        var html = await answer.Content.ReadAsStringAsync(Token);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        answer.Content.Headers.ContentType!.ToString().Should().Be("text/html; charset=utf-8");
        html.Should().Contain("<html").And.NotContain("innerHTML").And.NotContain(" src=").And.NotContain("style=").And.NotContain("onclick");
        policy.Should().StartWith("default-src 'none';").And.NotContain("unsafe");
        foreach (var element in new[] { "script", "style" })
        {
            var inside = html.Split($"<{element}>")[1].Split($"</{element}>")[0];
            policy.Should().Contain($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inside)))}'");
        }
    }

    private static async Task<CrawlerApp> CrawledAsync()
    {
        var app = await CrawlerApp.StartAsync();
        var report = await app.Crawler.RunAsync(new CrawlRequest { Seeds = ["http://three.test/"] }, Token);
        (report.Pages, report.Vectors).Should().Be((3, 3));
        return app;
    }
}
