using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.Broker.Testing;
using Promethean.Mongo.Embedded;
using Promethean.Vectors;
using Promethean.Workers;

namespace Promethean.Crawler.Server.Tests;

/// <summary>A crawler with its endpoints, the offline models and three pages, in memory.</summary>
internal sealed class CrawlerApp : IAsyncDisposable
{
    private readonly EmbeddedMongoServer _server;
    private readonly EmbeddedVectorStore _vectors;
    private readonly MongoClient _mongo;
    private readonly InMemoryBroker _broker;
    private readonly WebApplication _app;

    private CrawlerApp(EmbeddedMongoServer server, EmbeddedVectorStore vectors, MongoClient mongo, InMemoryBroker broker, WebApplication app)
    {
        _server = server;
        _vectors = vectors;
        _mongo = mongo;
        _broker = broker;
        _app = app;
        Http = app.GetTestClient();
    }

    public HttpClient Http { get; }

    public WebCrawler Crawler => _app.Services.GetRequiredService<WebCrawler>();

    public InMemoryBrokerClient Broker => (InMemoryBrokerClient)_app.Services.GetRequiredService<IBrokerClient>();

    public static async Task<CrawlerApp> StartAsync()
    {
        var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions());
        var vectors = await EmbeddedVectorStore.OpenAsync(new EmbeddedVectorStoreOptions());
        var mongo = new MongoClient(server.ConnectionString);
        var broker = new InMemoryBroker(new InMemoryBrokerOptions { DisconnectedTimeout = TimeSpan.Zero });

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<IBrokerClient>(broker.Connect());
        builder.Services.AddWorkers().AddOffline().AddEmbeddingModel("lexical-hash-384", new LexicalEmbeddingGenerator(384));
        builder.Services.AddCrawler(options => options.HostDelay = TimeSpan.Zero)
            .UseDatabase(_ => mongo.GetDatabase("web"))
            .UseVectors((_, spec, token) => vectors.OpenCollectionAsync("summaries", spec, token));
        var web = new HttpClient(new ThreePages());
        var robots = new RobotsPolicy(web);
        builder.Services.Replace(ServiceDescriptor.Singleton<IRobotsPolicy>(robots));
        builder.Services.Replace(ServiceDescriptor.Singleton<IPageFetcher>(new PageFetcher(web, robots)));

        var app = builder.Build();
        app.MapCrawler();
        await app.StartAsync();
        return new CrawlerApp(server, vectors, mongo, broker, app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await _broker.DisposeAsync();
        await _vectors.DisposeAsync();
        _mongo.Dispose();
        await _server.DisposeAsync();
    }

    private sealed class ThreePages : HttpMessageHandler
    {
        private static readonly Dictionary<string, string> _pages = new()
        {
            ["/"] = Html("Ships <b>&amp; boats</b>", "Tall ships sail into the harbour under canvas. Sailors climb the rigging every summer morning. The harbour master counts the masts.", "<a href=\"/bees\">On bees</a>"),
            ["/bees"] = Html("Bees", "Honey bees build hexagonal combs inside hollow trees. A hive stores honey for the winter. Beekeepers open the hive with smoke.", "<a href=\"/\">Home</a><a href=\"/glass\">Glass</a>"),
            ["/glass"] = Html("Glass", "Glass is blown from molten sand in a furnace. The glass blower turns the pipe. Cathedral windows are made of coloured glass.", ""),
        };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(_pages.TryGetValue(request.RequestUri!.AbsolutePath, out var html)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(html, System.Text.Encoding.UTF8, "text/html"), RequestMessage = request }
                : new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request });

        private static string Html(string title, string text, string links) =>
            $"<!doctype html><html lang=\"en\"><head><title>{WebUtility.HtmlEncode(title)}</title></head><body><main><h1>{title}</h1><p>{text}</p>{links}</main></body></html>";
    }
}
