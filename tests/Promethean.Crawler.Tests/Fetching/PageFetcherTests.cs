using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Crawler.Tests;

public sealed class PageFetcherTests : IDisposable
{
    private const string Page = "http://example.com/page";

    private static readonly (string, string) _html = ("Content-Type", "text/html; charset=utf-8");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StubSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_page_comes_with_its_validators_and_directives()
    {
        _site.On(Page, 200, "<p>hello", ("Content-Type", "Text/HTML; Charset=\"ISO-8859-1\""), ("ETag", "W/\"a\""),
            ("Last-Modified", "Sun, 01 Nov 2026 10:00:00 GMT"), ("X-Robots-Tag", "noindex"), ("X-Robots-Tag", "nofollow"), ("Cache-Control", "max-age=60"));

        var page = await Fetch<FetchedPage>();

        Encoding.UTF8.GetString(page.Body.Span).Should().Be("<p>hello");
        page.Should().BeEquivalentTo(new
        {
            FinalUrl = new Uri(Page),
            Status = 200,
            MediaType = "text/html",
            Charset = "ISO-8859-1",
            ETag = "W/\"a\"",
            LastModified = "Sun, 01 Nov 2026 10:00:00 GMT",
            MaxAge = TimeSpan.FromMinutes(1),
            BytesRead = 8L,
            RobotsTags = new[] { "noindex", "nofollow" },
            Redirects = Array.Empty<Uri>(),
        });
    }

    [Fact]
    public async Task Every_request_is_a_GET_that_names_the_crawler()
    {
        _site.On(Page, 200, "x", _html);

        await Fetch<FetchedPage>();

        var request = _site.Requests.Single();
        request.Method.Should().Be(HttpMethod.Get);
        request.Headers.UserAgent.ToString().Should().Be("PrometheanCrawler/1.0");
        request.Headers.AcceptEncoding.ToString().Should().Be("gzip, br, deflate");
    }

    [Fact]
    public async Task A_copy_held_is_asked_for_conditionally()
    {
        _site.On(Page, request => request.Headers.IfNoneMatch.ToString() == "\"v1\"" && request.Headers.IfModifiedSince is not null
            ? StubSite.Response(304, [], ("ETag", "\"v1\""))
            : StubSite.Response(200, "new"u8.ToArray(), _html));

        var result = await Fetch<PageNotModified>(new FetchRequest { Url = new Uri(Page), ETag = "\"v1\"", LastModified = "Sun, 01 Nov 2026 10:00:00 GMT" });

        result.ETag.Should().Be("\"v1\"");
    }

    [Fact]
    public async Task Validators_go_only_to_the_address_they_came_from()
    {
        _site.On(Page, 302, "", ("Location", "/final"))
            .On("http://example.com/final", request => StubSite.Response(request.Headers.IfNoneMatch.Count > 0 ? 304 : 200, []));

        var result = await Fetch<PageNotModified>(
            new FetchRequest { Url = new Uri(Page), ETag = "\"v1\"", ValidatorUrl = new Uri("http://example.com/final") });

        result.FinalUrl.Should().Be(new Uri("http://example.com/final"));
        _site.Requests.Select(request => request.Headers.IfNoneMatch.Count).Should().Equal(0, 1);
    }

    [Fact]
    public async Task An_unasked_304_is_a_failure()
    {
        _site.On(Page, 304);

        (await Fetch<FetchFailed>()).Status.Should().Be(304);
    }

    [Fact]
    public async Task Redirects_are_followed_one_by_one_and_resolved()
    {
        _site.On(Page, 301, "", ("Location", "sub/next#part"))
            .On("http://example.com/sub/next", 307, "", ("Location", "//other.example/ü"))
            .On("http://other.example/%C3%BC", 200, "x", _html);

        var page = await Fetch<FetchedPage>();

        page.FinalUrl.AbsoluteUri.Should().Be("http://other.example/%C3%BC");
        page.Redirects.Select(url => url.AbsoluteUri).Should().Equal(Page, "http://example.com/sub/next");
    }

    [Theory]
    [InlineData("/page", "circle")]
    [InlineData("", "nowhere")]
    [InlineData("http://", "nowhere")]
    [InlineData("http://user:pass@example.com/", "nowhere")]
    public async Task A_redirect_that_leads_nowhere_is_refused(string location, string reason)
    {
        _site.On(Page, 302, "", ("Location", location));

        var refused = await Fetch<FetchRefused>();

        refused.Refusal.Should().Be(FetchRefusal.Redirects);
        refused.Reason.Should().Contain(reason);
    }

    [Fact]
    public async Task A_circle_of_trailing_slashes_is_seen_at_its_first_turn()
    {
        _site.On(Page, 301, "", ("Location", "/page/")).On(Page + "/", 301, "", ("Location", "/page"));

        (await Fetch<FetchRefused>()).Refusal.Should().Be(FetchRefusal.Redirects);
        _site.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Five_redirects_are_enough()
    {
        for (var i = 0; i < 10; i++) _site.On($"http://example.com/{i}", 302, "", ("Location", $"/{i + 1}"));

        var refused = await Fetch<FetchRefused>(new FetchRequest { Url = new Uri("http://example.com/0") });

        refused.Reason.Should().Contain("more than 5 times");
        _site.Requests.Should().HaveCount(6);
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    public async Task A_redirect_out_of_the_web_is_refused(string location)
    {
        _site.On(Page, 302, "", ("Location", location));

        (await Fetch<FetchRefused>()).Refusal.Should().BeOneOf(FetchRefusal.Url, FetchRefusal.Redirects);
        _site.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task The_caller_may_decline_a_redirect_and_learns_where_it_led()
    {
        _site.On(Page, 302, "", ("Location", "http://other.example/"));

        var refused = await Fetch<FetchRefused>(new FetchRequest { Url = new Uri(Page), FollowRedirect = target => target.Host == "example.com" });

        refused.Refusal.Should().Be(FetchRefusal.RedirectDeclined);
        refused.Target.Should().Be(new Uri("http://other.example/"));
        refused.FinalUrl.Should().Be(new Uri(Page));
        _site.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Robots_is_asked_before_each_hop()
    {
        _site.On("http://other.example/robots.txt", 200, "User-agent: *\nDisallow: /secret")
            .On(Page, 302, "", ("Location", "http://other.example/secret"));
        var fetcher = new PageFetcher(new HttpClient(_site), new RobotsPolicy(new HttpClient(_site), time: _time), time: _time);

        var result = await fetcher.FetchAsync(new FetchRequest { Url = new Uri(Page) }, Token);

        var refused = result.Should().BeOfType<FetchRefused>().Subject;
        refused.Refusal.Should().Be(FetchRefusal.Robots);
        refused.Target.Should().Be(new Uri("http://other.example/secret"));
        _site.Asked.Should().Equal("http://example.com/robots.txt", Page, "http://other.example/robots.txt");
    }

    [Fact]
    public async Task While_robots_cannot_be_had_nothing_is_sent()
    {
        var result = await Fetcher(robots: RobotsRules.DisallowAll("the server answered 503")).FetchAsync(new FetchRequest { Url = new Uri(Page) }, Token);

        result.Should().BeOfType<FetchRefused>().Which.Reason.Should().Be("robots.txt of example.com could not be had: the server answered 503");
        _site.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("application/pdf")]
    [InlineData("image/png")]
    [InlineData("application/json")]
    [InlineData("garbage")]
    public async Task Other_media_types_are_not_read(string mediaType)
    {
        _site.On(Page, 200, "x", ("Content-Type", mediaType));

        (await Fetch<FetchRefused>()).Refusal.Should().Be(FetchRefusal.MediaType);
    }

    [Theory]
    [InlineData(" <!DOCTYPE html><p>x", "text/html")]
    [InlineData("<HTML lang=en>", "text/html")]
    [InlineData("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "application/xhtml+xml")]
    [InlineData("just words", "text/plain")]
    [InlineData("", "text/plain")]
    public async Task Where_no_media_type_is_named_the_bytes_tell(string body, string mediaType)
    {
        _site.On(Page, 200, body);

        (await Fetch<FetchedPage>()).MediaType.Should().Be(mediaType);
    }

    [Theory]
    [InlineData("\0\u0001binary")]
    [InlineData("<?xml version='1.0'?><rss>")]
    public async Task Unnamed_bytes_that_are_no_page_are_refused(string body)
    {
        _site.On(Page, 200, body);

        (await Fetch<FetchRefused>()).Refusal.Should().Be(FetchRefusal.MediaType);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("identity")]
    [InlineData("gzip, br")]
    public async Task Content_codings_are_undone(string coding)
    {
        var text = string.Concat(Enumerable.Repeat("<p>hello world", 100));
        var body = coding.Split(", ").Aggregate(Encoding.UTF8.GetBytes(text), Encode);
        _site.On(Page, _ => StubSite.Response(200, body, _html, ("Content-Encoding", coding.Replace("raw ", "", StringComparison.Ordinal))));

        var page = await Fetch<FetchedPage>();

        Encoding.UTF8.GetString(page.Body.Span).Should().Be(text);
        page.BytesRead.Should().Be(body.Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_decompression_bomb_is_cut_off(string coding)
    {
        var bomb = Encode(new byte[20_000_000], coding);
        bomb.Length.Should().BeLessThan(100_000);
        _site.On(Page, _ => StubSite.Response(200, bomb, _html, ("Content-Encoding", coding)));

        (await Fetch<FetchRefused>()).Refusal.Should().Be(FetchRefusal.TooLarge);
    }

    [Fact]
    public async Task Bombs_within_bombs_and_unknown_codings_are_not_opened()
    {
        _site.On(Page, 200, "x", _html, ("Content-Encoding", "gzip, gzip, gzip"));
        (await Fetch<FetchRefused>()).Refusal.Should().Be(FetchRefusal.MediaType);

        _site.On(Page, 200, "x", _html, ("Content-Encoding", "zstd"));
        (await Fetch<FetchRefused>()).Reason.Should().Contain("zstd");
    }

    [Fact]
    public async Task A_body_that_is_not_what_its_coding_says_fails_for_good()
    {
        _site.On(Page, 200, "not gzip at all", _html, ("Content-Encoding", "gzip"));

        (await Fetch<FetchFailed>()).IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task A_body_of_exactly_the_cap_is_read_and_one_byte_more_is_not()
    {
        var options = new FetchOptions { MaxBodyBytes = 1000 };
        _site.On(Page, 200, new string('a', 1000), _html);
        (await Fetcher(options).FetchAsync(new FetchRequest { Url = new Uri(Page) }, Token)).Should().BeOfType<FetchedPage>();

        _site.On(Page, _ => new HttpResponseMessage { Content = new StreamContent(new MemoryStream(new byte[1001])) { Headers = { { "Content-Type", "text/html" } } } });
        (await Fetcher(options).FetchAsync(new FetchRequest { Url = new Uri(Page) }, Token)).Should().BeOfType<FetchRefused>().Which.Refusal.Should().Be(FetchRefusal.TooLarge);
    }

    [Theory]
    [InlineData(404, false)]
    [InlineData(410, false)]
    [InlineData(403, false)]
    [InlineData(501, false)]
    [InlineData(204, false)]
    [InlineData(300, false)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(522, true)]
    public async Task A_status_tells_whether_to_come_back(int status, bool isTransient)
    {
        _site.On(Page, status);

        var failed = await Fetch<FetchFailed>();

        failed.Status.Should().Be(status);
        failed.IsTransient.Should().Be(isTransient);
    }

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("Sun, 01 Nov 2026 12:05:00 GMT", 300.0)]
    [InlineData("Sun, 01 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("99999999", 86400.0)]
    [InlineData("soon", null)]
    public async Task Retry_After_is_read_as_seconds_or_date(string header, double? seconds)
    {
        _site.On(Page, 503, "", ("Retry-After", header));

        (await Fetch<FetchFailed>()).RetryAfter?.TotalSeconds.Should().Be(seconds);
    }

    [Fact]
    public async Task Failures_of_the_network_tell_whether_to_come_back()
    {
        (await Failing(new HttpRequestException(HttpRequestError.ConnectionError, "refused"))).IsTransient.Should().BeTrue();
        (await Failing(new HttpRequestException(HttpRequestError.NameResolutionError, "dns", new SocketException((int)SocketError.HostNotFound)))).IsTransient.Should().BeFalse();
        (await Failing(new HttpRequestException(HttpRequestError.NameResolutionError, "dns", new SocketException((int)SocketError.TryAgain)))).IsTransient.Should().BeTrue();
        (await Failing(new HttpRequestException(HttpRequestError.SecureConnectionError, "tls", new AuthenticationException("expired")))).IsTransient.Should().BeFalse();
        (await Failing(new HttpIOException(HttpRequestError.ResponseEnded, "ended"))).IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_never_begins_to_answer_is_given_up_after_the_header_timeout()
    {
        var asked = new TaskCompletionSource();
        _site.On(Page, (_, token) => NeverAsync(asked, token));
        var fetching = Fetcher().FetchAsync(new FetchRequest { Url = new Uri(Page) }, Token);

        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(15));

        var failed = (await fetching).Should().BeOfType<FetchFailed>().Subject;
        failed.Reason.Should().Be("no answer began within 15 s");
        failed.IsTransient.Should().BeTrue();
        failed.Elapsed.Should().Be(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_result()
    {
        var asked = new TaskCompletionSource();
        _site.On(Page, (_, token) => NeverAsync(asked, token));
        using var cancel = new CancellationTokenSource();
        var fetching = Fetcher().FetchAsync(new FetchRequest { Url = new Uri(Page) }, cancel.Token);

        await asked.Task;
        await cancel.CancelAsync();

        var waiting = () => fetching;
        await waiting.Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<HttpResponseMessage> NeverAsync(TaskCompletionSource asked, CancellationToken token)
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        await using var _ = token.Register(() => never.TrySetCanceled(token));
        asked.SetResult();
        return await never.Task;
    }

    private static byte[] Encode(byte[] bytes, string coding)
    {
        using var buffer = new MemoryStream();
        using (var encoder = coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(buffer, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(buffer, CompressionLevel.Optimal, leaveOpen: true),
            "raw deflate" => new DeflateStream(buffer, CompressionLevel.Optimal, leaveOpen: true),
            _ => (Stream)buffer,
        })
        {
            encoder.Write(bytes);
        }
        return buffer.ToArray();
    }

    private async Task<FetchFailed> Failing(Exception exception)
    {
        _site.On(Page, HttpResponseMessage (_) => throw exception);
        return await Fetch<FetchFailed>();
    }

    private async Task<T> Fetch<T>(FetchRequest? request = null)
        where T : FetchResult =>
        (await Fetcher().FetchAsync(request ?? new FetchRequest { Url = new Uri(Page) }, Token)).Should().BeOfType<T>().Subject;

    private PageFetcher Fetcher(FetchOptions? options = null, RobotsRules? robots = null) =>
        new(new HttpClient(_site), new FixedRobots(robots ?? RobotsRules.AllowAll), options, _time);
}
