using System.Text;
using CsCheck;

namespace Promethean.Crawler.Tests;

public class RobotsRulesTests
{
    private static readonly Uri _robotsUrl = new("http://example.com/robots.txt");

    // RFC 9309, 2.2.2 and 2.2.3, and the bugs other parsers became known for.
    [Theory]
    [InlineData("Disallow: /fish", "/fish.html", false)]
    [InlineData("Disallow: /fish", "/Fish.asp", true)]
    [InlineData("Disallow: /fish*", "/fishheads/yummy.html", false)]
    [InlineData("Disallow: /fish/", "/fish", true)]
    [InlineData("Disallow: /*.php", "/folder/any.php.file.html", false)]
    [InlineData("Disallow: /*.php$", "/filename.php", false)]
    [InlineData("Disallow: /*.php$", "/filename.php?parameters", true)]
    [InlineData("Disallow: /fish*.php", "/fishheads/catfish.php?parameters", false)]
    [InlineData("Disallow: /fish*.php", "/Fish.PHP", true)]
    [InlineData("Disallow: /$", "/", false)]
    [InlineData("Disallow: /$", "/page", true)]
    [InlineData("Disallow: /*?", "/page", true)]
    [InlineData("Disallow: /*?", "/page?x", false)]
    [InlineData("Disallow: /a*b*c$", "/axxbyyc", false)]
    [InlineData("Disallow: /a*b*c$", "/axxcyyb", true)]
    [InlineData("Disallow: /ab*ba$", "/aba", true)]
    [InlineData("Disallow:", "/anything", true)]
    [InlineData("Disallow: /", "/robots.txt", true)]
    [InlineData("Disallow: /p\nAllow: /p", "/page", true)]
    [InlineData("Allow: /p\nDisallow: /", "/page", true)]
    [InlineData("Allow: /folder\nDisallow: /folder", "/folder/page", true)]
    [InlineData("Allow: /page\nDisallow: /*.htm", "/page.htm", false)]
    [InlineData("Allow: /$\nDisallow: /", "/", true)]
    [InlineData("Allow: /$\nDisallow: /", "/page.htm", false)]
    [InlineData("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", false)]
    [InlineData("Disallow: /path/foo-%24", "/path/foo-$", false)]
    [InlineData("Disallow: /foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", false)]
    [InlineData("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", false)]
    [InlineData("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", false)]
    [InlineData("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false)]
    [InlineData("Disallow: /foo%2fbar", "/foo/bar", true)]
    [InlineData("Disallow: private/", "/private/x", false)]
    [InlineData("disallow : /x # a comment", "/x", false)]
    [InlineData("Disallow: /x\rDisallow: /y", "/y", false)]
    public void Rules_match_as_the_RFC_says(string rules, string path, bool allowed) =>
        Parse($"User-agent: *\n{rules}\n").IsAllowed(new Uri("http://example.com" + path)).Should().Be(allowed);

    [Theory]
    [InlineData("User-agent: PrometheanCrawler\nDisallow: /\nUser-agent: *\nAllow: /", false)]
    [InlineData("User-agent: prometheancrawler/2.0 (beta)\nDisallow: /", false)]
    [InlineData("User-agent: Other\nDisallow: /", true)]
    [InlineData("User-agent: Promethean\nDisallow: /", true)]
    [InlineData("User-agent: *\nDisallow: /\nUser-agent: PrometheanCrawler\nDisallow:", true)]
    [InlineData("User-agent: Other\nUser-agent: PrometheanCrawler\nDisallow: /", false)]
    [InlineData("User-agent: Other\nSitemap: /s.xml\nUser-agent: PrometheanCrawler\nDisallow: /", false)]
    [InlineData("User-agent: PrometheanCrawler\nAllow: /a\nUser-agent: x\nDisallow: /\nUser-agent: PrometheanCrawler\nDisallow: /page", false)]
    [InlineData("Disallow: /", true)]
    [InlineData("\uFEFFUser-agent: *\nDisallow: /", false)]
    [InlineData("<html>404: not here</html>", true)]
    public void The_group_that_names_the_crawler_decides_and_else_the_group_for_all(string file, bool allowed) =>
        Parse(file).IsAllowed(new Uri("http://example.com/page")).Should().Be(allowed);

    [Theory]
    [InlineData("User-agent: *\nCrawl-delay: 2.5", 2.5)]
    [InlineData("User-agent: *\nCrawl-delay: 5\nUser-agent: PrometheanCrawler\nCrawl-delay: 1", 1.0)]
    [InlineData("User-agent: *\nCrawl-delay: 99999999999999999999", 86400.0)]
    [InlineData("User-agent: *\nCrawl-delay: -1", null)]
    [InlineData("User-agent: *\nCrawl-delay: soon", null)]
    [InlineData("User-agent: *\nCrawl-delay: NaN", null)]
    [InlineData("User-agent: *\nCrawl-delay: 5\nUser-agent: PrometheanCrawler\nDisallow:", null)]
    public void The_crawl_delay_is_the_groups(string file, double? seconds) =>
        Parse(file).CrawlDelay?.TotalSeconds.Should().Be(seconds);

    [Fact]
    public void Sitemaps_are_resolved_and_counted_once() =>
        Parse("Sitemap: https://cdn.example/s.xml\nUser-agent: x\nsitemap: /a.xml\nSitemap: /a.xml\nSitemap: ftp://x/y\nSitemap: ")
            .Sitemaps.Select(s => s.AbsoluteUri).Should().Equal("https://cdn.example/s.xml", "http://example.com/a.xml");

    [Fact]
    public void What_exceeds_500_KiB_is_ignored_and_no_rule_is_cut_in_half()
    {
        var start = "User-agent: *\nDisallow: /first\n";
        var filler = string.Concat(Enumerable.Repeat("#" + new string('x', 98) + "\n", 6000));
        var file = start + filler[..(500 * 1024 - start.Length - "Allow: /fi".Length)] + "Allow: /first/only\n";
        // Line up the rule so that the limit falls inside it.
        file = file.Remove(file.LastIndexOf('#')) + new string('\n', file.IndexOf("Allow", StringComparison.Ordinal) - file.LastIndexOf('#')) + "Allow: /first/only\nDisallow: /second\n";

        var rules = Parse(file);

        rules.IsAllowed(new Uri("http://example.com/first/x")).Should().BeFalse();
        rules.IsAllowed(new Uri("http://example.com/second")).Should().BeTrue();
    }

    [Fact]
    public void An_unreachable_file_forbids_everything_but_itself()
    {
        var rules = RobotsRules.DisallowAll("the server answered 503");

        rules.Unreachable.Should().BeTrue();
        rules.IsAllowed(new Uri("http://example.com/")).Should().BeFalse();
        rules.IsAllowed(new Uri("http://example.com/robots.txt")).Should().BeTrue();
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var lines = Pick.From("User-agent: *\n", "Disallow: /*", "Allow: %", "$", "Crawl-delay: 1", "Sitemap: http://", "\r", "\n", "#", ":").Select(Encoding.UTF8.GetBytes);
        Gen.OneOf(Gen.Byte.Array[0, 60], lines).Array[0, 12].Sample(pieces =>
        {
            var rules = RobotsRules.Parse(pieces.SelectMany(piece => piece).ToArray(), "PrometheanCrawler", _robotsUrl);
            rules.IsAllowed(new Uri("http://example.com/a%2?b=*$"));
            return rules.Sitemaps.All(sitemap => sitemap.Scheme is "http" or "https");
        }, iter: 10_000);
    }

    [Fact]
    public void Wildcards_match_as_a_plain_search_would() =>
        Gen.Select(Gen.String[Gen.Char["ab*"], 0, 8], Gen.Bool, Gen.String[Gen.Char["ab"], 0, 10]).Sample((pattern, toEnd, path) =>
            new RobotsRule(true, "/" + pattern + (toEnd ? "$" : "")).Matches("/" + path) == Plainly(pattern, path, toEnd), iter: 10_000);

    private static bool Plainly(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path, bool toEnd)
    {
        if (pattern.Length == 0) return !toEnd || path.Length == 0;
        if (pattern[0] != '*') return path.Length > 0 && path[0] == pattern[0] && Plainly(pattern[1..], path[1..], toEnd);
        for (var skip = 0; skip <= path.Length; skip++)
            if (Plainly(pattern[1..], path[skip..], toEnd)) return true;
        return false;
    }

    private static RobotsRules Parse(string file) => RobotsRules.Parse(Encoding.UTF8.GetBytes(file), "PrometheanCrawler", _robotsUrl);
}
