using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Crawler.Tests;

public class RobotsPolicyTests
{
    private const string Robots = "http://example.com/robots.txt";

    private static readonly Uri _page = new("http://example.com/page");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(200, false, false)]
    [InlineData(301, true, false)]
    [InlineData(401, true, false)]
    [InlineData(403, true, false)]
    [InlineData(404, true, false)]
    [InlineData(410, true, false)]
    [InlineData(429, false, true)]
    [InlineData(500, false, true)]
    [InlineData(503, false, true)]
    public async Task The_status_says_what_a_missing_file_means(int status, bool allowed, bool unreachable)
    {
        var rules = await Ask(new StubSite().On(Robots, status, "User-agent: *\nDisallow: /"));

        rules.IsAllowed(_page).Should().Be(allowed);
        rules.Unreachable.Should().Be(unreachable);
    }

    [Fact]
    public async Task A_lost_connection_forbids_the_site()
    {
        var site = new StubSite().On(Robots, HttpResponseMessage (_) => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));

        var rules = await Ask(site);

        rules.Unreachable.Should().BeTrue();
        rules.UnreachableReason.Should().Contain("Connection refused");
    }

    [Fact]
    public async Task Five_redirects_are_followed_and_a_sixth_counts_as_no_file()
    {
        var site = new StubSite().On(Robots, 302, "", ("Location", "/1"));
        for (var i = 1; i < 5; i++) site.On($"http://example.com/{i}", 302, "", ("Location", $"/{i + 1}"));
        site.On("http://example.com/5", 200, "User-agent: *\nDisallow: /");
        (await Ask(site)).IsAllowed(_page).Should().BeFalse();

        site.On("http://example.com/5", 302, "", ("Location", "/6")).On("http://example.com/6", 200, "User-agent: *\nDisallow: /");
        (await Ask(site)).IsAllowed(_page).Should().BeTrue();
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_fetch_and_none_can_cancel_it_for_the_others()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var site = new StubSite().On(Robots, (_, _) => answer.Task);
        var policy = Policy(site);
        using var impatient = new CancellationTokenSource();

        var first = policy.GetAsync(_page, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => policy.GetAsync(_page, Token).AsTask()).ToList();
        await impatient.CancelAsync();
        var giving = () => first;
        await giving.Should().ThrowAsync<OperationCanceledException>();
        answer.SetResult(StubSite.Response(200, Encoding.UTF8.GetBytes("User-agent: *\nDisallow: /page")));

        (await Task.WhenAll(others)).Should().OnlyContain(rules => !rules.IsAllowed(_page));
        site.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task However_many_ask_at_once_and_in_whatever_order_each_site_is_asked_once()
    {
        var seed = Environment.ProcessId;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var site = new StubSite();
        for (var i = 0; i < 10; i++)
        {
            site.On($"http://h{i}.example/robots.txt", async (_, _) =>
            {
                await Task.Yield();
                return StubSite.Response(200, "User-agent: *\nDisallow: /page"u8.ToArray());
            });
        }
        var policy = Policy(site);
        var order = new Random(seed);
        var urls = Enumerable.Range(0, 2000).Select(_ => new Uri($"http://h{order.Next(10)}.example/page")).ToList();

        await Parallel.ForEachAsync(urls, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (url, token) =>
            (await policy.GetAsync(url, token)).IsAllowed(url).Should().BeFalse());

        site.Requests.Should().HaveCount(10);
    }

    [Fact]
    public async Task A_file_is_asked_for_again_after_six_hours_and_a_failure_after_one()
    {
        var site = new StubSite().On(Robots, 500);
        var policy = Policy(site);

        (await policy.GetAsync(_page, Token)).Unreachable.Should().BeTrue();
        _time.Advance(TimeSpan.FromMinutes(59));
        (await policy.GetAsync(_page, Token)).Unreachable.Should().BeTrue();
        site.Requests.Should().HaveCount(1);

        site.On(Robots, 200, "User-agent: *\nCrawl-delay: 3");
        _time.Advance(TimeSpan.FromMinutes(1));
        (await policy.GetAsync(_page, Token)).CrawlDelay.Should().Be(TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromHours(6) - TimeSpan.FromTicks(1));
        await policy.GetAsync(_page, Token);
        site.Requests.Should().HaveCount(2);

        _time.Advance(TimeSpan.FromTicks(1));
        await policy.GetAsync(_page, Token);
        site.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task While_a_file_cannot_be_had_the_earlier_copy_holds()
    {
        var site = new StubSite().On(Robots, 200, "User-agent: *\nDisallow: /private");
        var policy = Policy(site);
        await policy.GetAsync(_page, Token);

        site.On(Robots, 503);
        _time.Advance(TimeSpan.FromHours(6));
        var rules = await policy.GetAsync(_page, Token);

        rules.IsAllowed(_page).Should().BeTrue();
        rules.IsAllowed(new Uri("http://example.com/private")).Should().BeFalse();
        site.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_server_that_never_answers_forbids_the_site_after_the_timeout()
    {
        var asked = new TaskCompletionSource();
        var site = new StubSite().On(Robots, async (_, token) =>
        {
            var never = new TaskCompletionSource<HttpResponseMessage>();
            await using var cancelling = token.Register(() => never.TrySetCanceled(token));
            asked.SetResult();
            return await never.Task;
        });
        var asking = Policy(site).GetAsync(_page, Token).AsTask();

        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(15));

        (await asking).UnreachableReason.Should().Contain("15 s");
    }

    [Fact]
    public async Task Sites_are_told_apart_by_scheme_host_and_port()
    {
        var site = new StubSite();
        var policy = Policy(site);

        foreach (var url in new[] { "http://a.example/x", "https://a.example/x", "http://a.example:8080/x", "http://b.example/x", "http://A.example/y" })
            await policy.GetAsync(new Uri(url), Token);

        site.Asked.Should().BeEquivalentTo(
            "http://a.example/robots.txt", "https://a.example/robots.txt", "http://a.example:8080/robots.txt", "http://b.example/robots.txt");
    }

    [Fact]
    public async Task Only_so_many_sites_are_remembered()
    {
        var site = new StubSite();
        var policy = new RobotsPolicy(new HttpClient(site), options: new RobotsOptions { MaxSites = 10 }, time: _time);

        for (var i = 0; i < 11; i++)
        {
            await policy.GetAsync(new Uri($"http://h{i}.example/"), Token);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        await policy.GetAsync(new Uri("http://h0.example/"), Token);
        await policy.GetAsync(new Uri("http://h10.example/"), Token);

        site.Asked.Count(url => url == "http://h0.example/robots.txt").Should().Be(2, "the oldest was forgotten");
        site.Asked.Count(url => url == "http://h10.example/robots.txt").Should().Be(1);
    }

    [Fact]
    public async Task The_crawler_names_itself_and_is_addressed_by_its_product_token()
    {
        var site = new StubSite().On(Robots, 200, "User-agent: mybot\nDisallow: /page\nUser-agent: *\nAllow: /");
        var policy = new RobotsPolicy(new HttpClient(site), new FetchOptions { UserAgent = "MyBot/2.1 (+https://example.org/bot)" }, time: _time);

        (await policy.GetAsync(_page, Token)).IsAllowed(_page).Should().BeFalse();
        site.Requests.Single().Headers.UserAgent.ToString().Should().Be("MyBot/2.1 (+https://example.org/bot)");
    }

    private ValueTask<RobotsRules> Ask(StubSite site) => Policy(site).GetAsync(_page, Token);

    private RobotsPolicy Policy(StubSite site) => new(new HttpClient(site), time: _time);
}
