namespace Promethean.Crawler.Tests;

public sealed class CrawlerEnvironmentTests
{
    [Fact]
    public void Every_variable_of_the_options_is_read()
    {
        var options = new CrawlerOptions();

        CrawlerEnvironment.Apply(options, Variables(new()
        {
            ["GLOBAL_QPS"] = "0.5",
            ["PER_HOST_CONCURRENCY"] = "1",
            ["ALLOW_DOMAINS"] = "example.com, another.org",
            ["DENY_PATTERNS"] = "/secret,*.xml",
            ["CRAWL_CACHE_TTL_H"] = "72",
            ["SUMMARY_MODEL"] = "qwen3:instruct",
            ["TAGGER_MODEL"] = "qwen3:tags",
            ["EMBED_MODEL"] = "qwen2.5-embed",
            ["EMBED_DIM"] = "1536",
        }));

        options.GlobalRequestsPerSecond.Should().Be(0.5);
        options.AllowDomains.Should().Equal("example.com", "another.org");
        options.UrlPolicy.DenyPatterns.Should().Contain(["/secret", "*.xml", "/logout"]);
        options.RevisitAfter.Should().Be(TimeSpan.FromHours(72));
        (options.SummaryModel, options.TaggerModel, options.EmbedModel, options.EmbedDimension).Should().Be(("qwen3:instruct", "qwen3:tags", "qwen2.5-embed", 1536));
        new CrawlerOptionsValidator().Validate(null, options).Succeeded.Should().BeTrue();
    }

    [Fact]
    public void The_variables_of_request_and_fetching_are_read()
    {
        var read = Variables(new() { ["SEEDS"] = "https://example.com, https://news.test/", ["MAX_PAGES"] = "20000", ["MAX_DEPTH"] = "0", ["USER_AGENT"] = "Mine/1.0 (+https://x.test)", ["TIMEOUT_MS"] = "90000" });

        CrawlerEnvironment.ReadSeeds(read).Should().Equal("https://example.com", "https://news.test/");
        (CrawlerEnvironment.ReadMaxPages(read), CrawlerEnvironment.ReadMaxDepth(read)).Should().Be((20000, 0));
        var fetching = CrawlerEnvironment.ReadFetchOptions(read);
        (fetching.UserAgent, fetching.HeaderTimeout, fetching.TotalTimeout).Should().Be(("Mine/1.0 (+https://x.test)", TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(90)));
    }

    [Fact]
    public void What_is_not_set_leaves_the_defaults()
    {
        var options = new CrawlerOptions();

        CrawlerEnvironment.Apply(options, Variables(new() { ["SUMMARY_MODEL"] = " " }));

        options.Should().BeEquivalentTo(new CrawlerOptions());
        CrawlerEnvironment.ReadMaxPages(Variables([])).Should().BeNull();
        CrawlerEnvironment.ReadSeeds(Variables([])).Should().BeEmpty();
    }

    [Theory]
    [InlineData("GLOBAL_QPS", "0")]
    [InlineData("GLOBAL_QPS", "fast")]
    [InlineData("GLOBAL_QPS", "NaN")]
    [InlineData("PER_HOST_CONCURRENCY", "2")]
    [InlineData("CRAWL_CACHE_TTL_H", "-1")]
    [InlineData("EMBED_DIM", "0")]
    [InlineData("EMBED_DIM", "1e3")]
    public void A_value_that_cannot_be_read_is_named(string name, string value) =>
        FluentActions.Invoking(() => CrawlerEnvironment.Apply(new CrawlerOptions(), Variables(new() { [name] = value })))
            .Should().Throw<FormatException>().WithMessage($"{name} is '{value}'*");

    [Fact]
    public void Options_out_of_range_are_all_named_at_once()
    {
        var result = new CrawlerOptionsValidator().Validate(null, new CrawlerOptions
        {
            MaxConcurrency = 0,
            HostDelay = TimeSpan.FromSeconds(-1),
            AllowDomains = ["not a host"],
            SummaryModel = "",
            GlobalRequestsPerSecond = 0,
        });

        result.Failures.Should().HaveCount(5);
        result.FailureMessage.Should().Contain("MaxConcurrency").And.Contain("HostDelay").And.Contain("AllowDomains").And.Contain("SummaryModel").And.Contain("GlobalRequestsPerSecond");
    }

    private static Func<string, string?> Variables(Dictionary<string, string> variables) => variables.GetValueOrDefault;
}
