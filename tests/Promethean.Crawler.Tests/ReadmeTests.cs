using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.Vectors;

namespace Promethean.Crawler.Tests;

/// <summary>The README's code, compiled and run.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_registration_gives_a_crawler()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new EmbeddedVectorStoreOptions(), cancellationToken: TestContext.Current.CancellationToken);
        var services = new ServiceCollection();
        services.AddBroker(client => client.Url = new Uri("ws://127.0.0.1:7000"));
        services.AddCrawler(options => options.HostDelay = TimeSpan.FromSeconds(2))
            .UseDatabase(_ => new MongoClient("mongodb://127.0.0.1").GetDatabase("web"))
            .UseVectors((_, spec, token) => store.OpenCollectionAsync("web_summaries", spec, token));
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<WebCrawler>().Progress.State.Should().Be(CrawlState.Idle);
        provider.GetRequiredService<CrawlSearch>().Should().NotBeNull();
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task The_crawl_and_the_search_run()
    {
        var token = TestContext.Current.CancellationToken;
        await using var bench = await CrawlBench.StartAsync();
        bench.Web.Page("https://example.com/", SmallSite.Html("The old harbour", "Harbour masters keep the harbours open in winter.", ""));
        var services = bench.Services();
        var (crawler, search) = (services.GetRequiredService<WebCrawler>(), services.GetRequiredService<CrawlSearch>());
        var printed = Console.Out;
        using var console = new StringWriter();
        Console.SetOut(console);

        var report = await crawler.RunAsync(new CrawlRequest { Seeds = ["https://example.com/"], MaxPages = 100 }, token);
        Console.WriteLine($"{report.Pages} pages, {report.Edges} edges, {report.Vectors} vectors, {report.Failed} failed");
        foreach (var hit in await search.SearchAsync(new CrawlSearchQuery { Text = "harbours in winter", Tags = ["#harbour"] }, token))
            Console.WriteLine($"{hit.Score:F3}  {hit.Title}  {hit.Url}");

        Console.SetOut(printed);
        console.ToString().Should().StartWith("1 pages, 0 edges, 1 vectors, 0 failed").And.Contain("The old harbour  https://example.com/");
    }
}
