namespace Promethean.Crawler.Tests;

public sealed class CrawlScopeTests
{
    [Theory]
    [InlineData("http://site.test/", true)]
    [InlineData("https://site.test/x", true)]
    [InlineData("http://site.test:8080/", false)]
    [InlineData("http://sub.site.test/", false)]
    [InlineData("http://local.test:9000/", true)]
    [InlineData("http://local.test:9001/", false)]
    [InlineData("http://allowed.test/", true)]
    [InlineData("http://deep.sub.allowed.test:81/", true)]
    [InlineData("http://notallowed.test/", false)]
    public void Seeds_hosts_and_allowed_domains_are_in_scope(string url, bool expected) =>
        new CrawlScope(["site.test", "local.test:9000"], ["Allowed.test"]).Contains(new Uri(url)).Should().Be(expected);

    [Fact]
    public void A_nearer_find_is_worth_a_write_and_a_farther_one_is_not()
    {
        var seen = new SeenUrls();
        var id = new string('a', 40);
        seen.Contains(id, 3).Should().BeFalse();

        seen.Add(id, 3);

        seen.Contains(id, 3).Should().BeTrue();
        seen.Contains(id, 4).Should().BeTrue();
        seen.Contains(id, 2).Should().BeFalse();
    }
}
