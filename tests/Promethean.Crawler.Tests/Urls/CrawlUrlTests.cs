using System.Security.Cryptography;
using System.Text;

namespace Promethean.Crawler.Tests;

public class CrawlUrlTests
{
    [Theory]
    [InlineData("http://Example.COM/A/b?x=1#frag", "http://example.com/A/b?x=1")]
    [InlineData("http://example.com:80/", "http://example.com/")]
    [InlineData("https://example.com:443", "https://example.com/")]
    [InlineData("http://example.com:8080/x", "http://example.com:8080/x")]
    [InlineData("http://example.com./x", "http://example.com/x")]
    [InlineData("http://bücher.example/straße", "http://xn--bcher-kva.example/stra%C3%9Fe")]
    [InlineData("http://example.com/a/./b/../c", "http://example.com/a/c")]
    [InlineData("http://example.com/a/%2e%2E/c", "http://example.com/c")]
    [InlineData("http://example.com/%7euser/%41%2f", "http://example.com/~user/A%2F")]
    [InlineData("http://example.com/?b=2&a=1&b=1", "http://example.com/?a=1&b=2&b=1")]
    [InlineData("http://example.com/?utm_source=x&q=1&UTM_Medium=y&gclid=z&fbclid=w", "http://example.com/?q=1")]
    [InlineData("http://example.com/?utm_source=x", "http://example.com/")]
    [InlineData("http://example.com/?", "http://example.com/")]
    [InlineData("http://example.com/?a&b=&&c", "http://example.com/?a&b=&c")]
    [InlineData("http://example.com//a///b", "http://example.com//a///b")]
    [InlineData(" http://exa\nmple.com/a\tb ", "http://example.com/ab")]
    [InlineData("http://[2001:db8::1]:80/", "http://[2001:db8::1]/")]
    public void Variants_of_a_page_share_a_key(string url, string key) => Create(url).DedupKey.Should().Be(key);

    [Theory]
    [InlineData("http://example.com/a", "http://example.com/a/")]
    [InlineData("http://example.com/a", "http://example.com/A")]
    [InlineData("http://example.com/", "https://example.com/")]
    [InlineData("http://example.com/", "http://www.example.com/")]
    [InlineData("http://example.com/a/b", "http://example.com/a%2Fb")]
    [InlineData("http://example.com/?a=1", "http://example.com/?a=2")]
    [InlineData("http://example.com/a//b", "http://example.com/a/b")]
    public void What_a_server_may_tell_apart_is_kept_apart(string one, string other) =>
        Create(one).Should().NotBe(Create(other));

    [Theory]
    [InlineData("http://example.com/dir/", "http://example.com/dir/")]
    [InlineData("http://example.com/dir", "http://example.com/dir")]
    [InlineData("http://example.com//x?utm_source=a&b=2&a=1", "http://example.com//x?utm_source=a&b=2&a=1")]
    [InlineData("http://example.com/x#top", "http://example.com/x")]
    [InlineData("http://BÜCHER.example/", "http://xn--bcher-kva.example/")]
    public void What_is_fetched_is_what_was_linked(string url, string fetched) =>
        Create(url).FetchUrl.AbsoluteUri.Should().Be(fetched);

    [Fact]
    public void The_id_is_the_SHA_1_of_the_key()
    {
        var url = Create("http://example.com/?b=1&a=2");

        url.Id.Should().Be(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes("http://example.com/?a=2&b=1"))));
        url.Id.Should().HaveLength(40);
    }

    [Theory]
    [InlineData("http://example.com/a", "http://example.com:80")]
    [InlineData("https://EXAMPLE.com./a", "https://example.com:443")]
    [InlineData("http://example.com:8080/a", "http://example.com:8080")]
    [InlineData("http://[::1]:81/", "http://[::1]:81")]
    public void Politeness_is_counted_by_scheme_host_and_port(string url, string hostKey) => Create(url).HostKey.Should().Be(hostKey);

    [Theory]
    [InlineData("ftp://example.com/", "scheme 'ftp'")]
    [InlineData("javascript:alert(1)", "scheme 'javascript'")]
    [InlineData("mailto:a@example.com", "scheme 'mailto'")]
    [InlineData("/relative", "scheme 'file'")]
    [InlineData("relative", "not an absolute URL")]
    [InlineData("", "not an absolute URL")]
    [InlineData("http://user:pass@example.com/", "user name or password")]
    [InlineData("http://abcdefghij.onion/", "Tor")]
    [InlineData("http://abcdefghij.ONION./", "Tor")]
    [InlineData("http://example.com/user/logout", "'/logout'")]
    [InlineData("http://example.com/logout.php?x=1", "'/logout'")]
    [InlineData("http://example.com/Cart/", "'/cart'")]
    [InlineData("http://example.com/cgi-bin/x.cgi", "'/cgi-bin/'")]
    [InlineData("http://example.com/paper.PDF?download=1", "'*.pdf'")]
    [InlineData("http://example.com/x/calendar/2031/02", "'/calendar'")]
    [InlineData("http://example.com/?PHPSESSID=1", "'PHPSESSID'")]
    [InlineData("http://example.com/a;jsessionid=0A1B2C?x=1", "'jsessionid'")]
    [InlineData("http://example.com/?access_token=x", "'access_token'")]
    [InlineData("http://example.com/?sid=f3a9b2c4d5e6f708192a", "'sid'")]
    [InlineData("http://example.com/a/b/a/b/a/b/a/b", "repeats the path segment 'a' 4 times")]
    [InlineData("http://example.com/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21", "21 path segments")]
    [InlineData("http://example.com/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r&s&t&u", "21 query parameters")]
    public void What_should_not_be_visited_is_refused_with_the_reason(string url, string reason)
    {
        CrawlUrl.TryCreate(url, CrawlUrlPolicy.Default, out var created, out var why).Should().BeFalse();

        created.Should().BeNull();
        why.Should().Contain(reason);
    }

    [Theory]
    [InlineData("http://example.com/logouts-explained")]
    [InlineData("http://example.com/blog/why-login-matters")]
    [InlineData("http://example.com/story?sid=42")]
    [InlineData("http://example.com/pdf")]
    [InlineData("http://example.com/onion")]
    [InlineData("http://example.com/a/b/a/b/a/b")]
    public void Harmless_look_alikes_are_visited(string url) => Create(url).Should().NotBeNull();

    [Fact]
    public void A_URL_longer_than_any_page_needs_is_refused()
    {
        var url = "http://example.com/" + new string('a', 2048);

        CrawlUrl.TryCreate(url, CrawlUrlPolicy.Default, out _, out var reason).Should().BeFalse();
        reason.Should().Be("longer than 2048 characters");
    }

    [Fact]
    public void A_policy_can_collapse_slashes_and_sessions()
    {
        var policy = new CrawlUrlPolicy { CollapseSlashes = true, SessionUrls = SessionUrlHandling.Collapse };

        CrawlUrl.TryCreate("http://example.com//a///b/;jsessionid=1?PHPSESSID=2&x=1", policy, out var url, out _).Should().BeTrue();

        url!.DedupKey.Should().Be("http://example.com/a/b/?x=1");
    }

    [Fact]
    public void Deny_patterns_are_the_callers_to_choose()
    {
        var policy = new CrawlUrlPolicy { DenyPatterns = ["/private/*", "/search?q=*", "*.tmp"] };

        Reason("http://example.com/private/x").Should().Contain("/private/*");
        Reason("http://example.com/search?q=a").Should().Contain("/search?q=*");
        Reason("http://example.com/a.tmp").Should().Contain("*.tmp");
        Reason("http://example.com/logout").Should().BeNull();
        Reason("http://example.com/search").Should().BeNull();

        string? Reason(string text) => CrawlUrl.TryCreate(text, policy, out _, out var reason) ? null : reason;
    }

    private static CrawlUrl Create(string url) =>
        CrawlUrl.TryCreate(url, CrawlUrlPolicy.Default, out var created, out var reason) ? created : throw new InvalidOperationException(reason);
}
