using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.EndToEnd.Tests;

/// <summary>The main promise: seed URLs in, searchable pages out, by the sample host as a user starts it.</summary>
[Trait("Category", "Integration")]
public sealed class AllInOneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_site_becomes_pages_edges_summaries_tags_and_vectors()
    {
        await using var site = await GenerateAsync();

        await using var host = Crawl(site, "--search", "lighthouse storm");

        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
        var outcome = CrawlOutcome.From(host);
        outcome.Pages.Should().Be(GeneratedSite.Pages);
        outcome.Edges.Should().BeGreaterThan(300);
        outcome.Summaries.Should().Be(GeneratedSite.Pages);
        outcome.Tagged.Should().Be(GeneratedSite.Pages);
        outcome.Vectors.Should().Be(outcome.Summaries);
        outcome.Failed.Should().Be(0);
        host.Lines.SkipWhile(line => !line.StartsWith('{')).Skip(1).Should()
            .NotBeEmpty("--search prints hits").And.OnlyContain(line => line.Contains(site.Address.ToString(), StringComparison.Ordinal));
        site.Answers.Should().NotContain(answer => answer.Path.StartsWith("/private/", StringComparison.Ordinal), "robots.txt forbids it");
        await StoredPagesShouldBeCompleteAsync(1.0);
    }

    [Fact]
    public async Task A_second_run_fetches_only_what_changed_and_ends_with_the_same_counts()
    {
        await using var site = await GenerateAsync();
        await using var first = Crawl(site);
        (await first.ExitAsync(Token)).Should().Be(0, first.Errors);
        site.Forget();

        await using var second = Crawl(site);

        (await second.ExitAsync(Token)).Should().Be(0, second.Errors);
        (CrawlOutcome.From(second) with { Seconds = 0 }).Should().Be(CrawlOutcome.From(first) with { Seconds = 0 });
        site.Answers.Where(answer => answer.Path != "/robots.txt").Should().NotBeEmpty()
            .And.OnlyContain(answer => answer.Status == 304);
    }

    [Fact]
    public async Task A_crawl_killed_in_the_middle_goes_on_where_it_was()
    {
        var seen = 0;
        var halfWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await GenerateAsync(async (context, next) =>
        {
            if (Interlocked.Increment(ref seen) == GeneratedSite.Pages / 2)
            {
                halfWay.SetResult();
            }

            await next(context);
        });
        await using (var killed = Crawl(site))
        {
            await halfWay.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
            killed.KillHard();
            await killed.ExitAsync(Token);
        }

        var before = site.Answers.Count(answer => answer.Status == 200);

        await using var host = Crawl(site);

        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
        var outcome = CrawlOutcome.From(host);
        (outcome.Pages, outcome.Summaries, outcome.Tagged, outcome.Vectors, outcome.Failed)
            .Should().Be((GeneratedSite.Pages, GeneratedSite.Pages, GeneratedSite.Pages, GeneratedSite.Pages, 0));
        await StoredPagesShouldBeCompleteAsync(1.0);
        var fetched = site.Answers.Where(answer => answer.Status == 200 && answer.Path != "/robots.txt").GroupBy(answer => answer.Path);
        fetched.Count(page => page.Count() > 1).Should().BeLessThanOrEqualTo(2, "only what was in flight at the kill is fetched again; {0} answers came before it", before);
    }

    [Fact]
    public async Task A_broker_in_another_process_gives_the_same_result()
    {
        await using var site = await GenerateAsync();
        await using var broker = HostProcess.Start("BrokerHost", ["--port", "0"]);
        var ready = await broker.FirstLineAsync(Token);
        ready.Should().StartWith("ready ws://127.0.0.1:");
        using var http = new HttpClient { BaseAddress = new UriBuilder(ready["ready ".Length..]) { Scheme = "http" }.Uri };
        (await http.GetStringAsync("/healthz/ready", Token)).Should().Be("Healthy");

        await using var host = Crawl(site, new Dictionary<string, string> { ["BROKER_URL"] = ready["ready ".Length..] });

        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
        var outcome = CrawlOutcome.From(host);
        (outcome.Pages, outcome.Summaries, outcome.Tagged, outcome.Vectors, outcome.Failed)
            .Should().Be((GeneratedSite.Pages, GeneratedSite.Pages, GeneratedSite.Pages, GeneratedSite.Pages, 0));
        (await http.GetStringAsync("/metrics", Token)).Should().Contain("promethean_broker_server_requests_total{").And.Contain("chat.completion");
        broker.Signal(PosixSignal.SIGTERM);
        (await broker.ExitAsync(Token)).Should().Be(0);
    }

    [Fact]
    public async Task Without_a_seed_it_crawls_our_own_docs_and_its_page_answers()
    {
        await using var host = HostProcess.Start("AllInOne", ["--data", _folder.In("data"), "--port", "0", "--broker-port", "0", "--docs-port", "0"]);
        var ready = await host.FirstLineAsync(Token);
        ready.Should().StartWith("ready http://127.0.0.1:");
        using var http = new HttpClient { BaseAddress = new Uri(ready["ready ".Length..]) };

        (await http.GetStringAsync("/", Token)).Should().Contain("<html");
        (await http.GetStringAsync("/healthz", Token)).Should().Be("Healthy");
        var hits = await Eventually(
            () => http.GetFromJsonAsync<JsonElement>("/search?q=architecture%20rooms%20arrows", Token),
            answer => answer.GetProperty("hits").GetArrayLength() > 0);
        var id = hits.GetProperty("hits")[0].GetProperty("id").GetString();
        (await http.GetFromJsonAsync<JsonElement>($"/page/{id}", Token)).GetProperty("page").GetProperty("title").GetString().Should().NotBeNullOrEmpty();
        (await http.GetStringAsync("/metrics", Token)).Should().Contain("pages_fetched");
        host.Signal(PosixSignal.SIGTERM);
        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
    }

    [Fact]
    public async Task A_real_documentation_site_meets_the_targets()
    {
        var folder = Environment.GetEnvironmentVariable("PROMETHEAN_TEST_SITE");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "PROMETHEAN_TEST_SITE names no folder of HTML; .ci/run unpacks a Debian documentation package and sets it.");
        await using var site = await TestSite.StartAsync(folder!);

        await using var host = Crawl(site, "--max-pages", "300", "--search", "vacuum");

        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
        var outcome = CrawlOutcome.From(host);
        outcome.Pages.Should().BeInRange(100, 300);
        outcome.Edges.Should().BeGreaterThanOrEqualTo(300);
        outcome.Summaries.Should().BeGreaterThanOrEqualTo((long)Math.Ceiling(outcome.Pages * 0.95));
        outcome.Tagged.Should().BeGreaterThanOrEqualTo((long)Math.Ceiling(outcome.Pages * 0.95));
        outcome.Vectors.Should().Be(outcome.Summaries);
        await StoredPagesShouldBeCompleteAsync(0.95);
        site.Forget();

        await using var second = Crawl(site, "--max-pages", "300");

        (await second.ExitAsync(Token)).Should().Be(0, second.Errors);
        (CrawlOutcome.From(second) with { Seconds = 0 }).Should().Be(outcome with { Seconds = 0 });
        site.Answers.Where(answer => answer.Status == 200 && answer.Path != "/robots.txt").Should().BeEmpty();
    }

    private static async Task<T> Eventually<T>(Func<Task<T>> ask, Func<T, bool> isIt)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (true)
        {
            var answer = await ask();
            if (isIt(answer))
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, guard.Token);
        }
    }

    private async Task<TestSite> GenerateAsync(Func<Microsoft.AspNetCore.Http.HttpContext, Microsoft.AspNetCore.Http.RequestDelegate, Task>? before = null)
    {
        GeneratedSite.Write(_folder.In("site"), seed: 20261123);
        return await TestSite.StartAsync(_folder.In("site"), before);
    }

    private HostProcess Crawl(TestSite site, params string[] more) => Crawl(site, new Dictionary<string, string>(), more);

    private HostProcess Crawl(TestSite site, Dictionary<string, string> environment, params string[] more) =>
        HostProcess.Start(
            "AllInOne",
            ["--seed", site.Address.ToString(), "--data", _folder.In("data"), "--allow-network", "127.0.0.1/32", "--max-depth", "200", "--once", .. more],
            environment);

    private async Task StoredPagesShouldBeCompleteAsync(double share)
    {
        await using var data = await StoredData.OpenAsync(_folder.In("data"));
        var pages = await data.Pages.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(Token);
        var addresses = pages.Select(page => page["canonical_url"].AsString).ToList();
        (addresses.Count - addresses.Distinct().Count()).Should().BeLessThan((int)Math.Ceiling(pages.Count * 0.01), "fewer than 1 % of the nodes are duplicates");
        var html = pages.Where(page => page["http"]["content_type"].AsString.StartsWith("text/html", StringComparison.Ordinal)).ToList();
        html.Count(page => page.Contains("summary") && page["summary"]["text"].AsString.Length > 0).Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(html.Count * share));
        html.Count(page => page.Contains("tags") && page["tags"].AsBsonArray.Count is >= 3 and <= 12 && page["tags"].AsBsonArray.All(tag => tag.AsString.StartsWith('#')))
            .Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(html.Count * share));
    }
}
