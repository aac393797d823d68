using CsCheck;

namespace Promethean.Crawler.Tests;

public class CrawlUrlPropertyTests
{
    private const string Pieces = "aB0/%.;=&?+ ~$*|\\@:é字①2e2Ef5";

    // Every pattern of the policy in play, sessions collapsed: nothing is refused that could be folded.
    private static readonly CrawlUrlPolicy[] _policies =
    [
        CrawlUrlPolicy.Default,
        new() { SessionUrls = SessionUrlHandling.Collapse, CollapseSlashes = true, DenyPatterns = [], MaxRepeatedSegments = 1000 },
        new() { SessionUrls = SessionUrlHandling.Collapse, DenyPatterns = [], MaxRepeatedSegments = 1000 },
    ];

    private static readonly Gen<string> _urls = Gen.Select(
        Pick.From("http://example.com", "https://EXAMPLE.com.:8443", "http://bücher.example", "http://[::1]:80", "http://1.2.3"),
        Pick.From("/", "/a;jsessionid=1", "//", "/%2e%2e/", "/a/../"),
        Gen.String[Gen.Char[Pieces], 0, 40],
        Pick.From("", "?", "?utm_x=1&", "?b=1&a=2&sid=0123456789abcdef&", "?%61=1&a=2&"),
        Gen.String[Gen.Char[Pieces], 0, 30],
        (host, path, more, query, rest) => host + path + more + query + rest);

    [Fact]
    public void Normalising_a_key_again_changes_nothing() =>
        Gen.Select(_urls, Pick.From(_policies)).Sample((text, policy) =>
        {
            if (!CrawlUrl.TryCreate(text, policy, out var url, out _)) return true;
            return CrawlUrl.TryCreate(url.DedupKey, policy, out var again, out _)
                && again.DedupKey == url.DedupKey && again.Id == url.Id && again.HostKey == url.HostKey;
        }, iter: 10_000);

    [Fact]
    public void What_is_fetched_is_the_same_page_by_its_own_key() =>
        Gen.Select(_urls, Pick.From(_policies)).Sample((text, policy) =>
            !CrawlUrl.TryCreate(text, policy, out var url, out _)
            || (CrawlUrl.TryCreate(url.FetchUrl.AbsoluteUri, policy, out var again, out _)
                && again.DedupKey == url.DedupKey && url.FetchUrl.Fragment.Length == 0), iter: 10_000);

    [Fact]
    public void No_text_makes_it_throw() =>
        Gen.Select(Pick.From("", "http:", "http://", "http://h", "//"), Gen.String)
            .Sample((start, text) => CrawlUrl.TryCreate(start + text, CrawlUrlPolicy.Default, out _, out var reason) == (reason is null), iter: 10_000);
}
