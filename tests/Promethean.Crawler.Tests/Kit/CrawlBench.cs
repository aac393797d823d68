using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;
using Promethean.Broker;
using Promethean.Broker.Testing;
using Promethean.Mongo.Embedded;
using Promethean.Vectors;

namespace Promethean.Crawler.Tests;

/// <summary>Everything a crawler stands on, in memory, outliving any number of crawlers: the web, the models, and the stores.</summary>
internal sealed class CrawlBench : IAsyncDisposable
{
    private readonly EmbeddedMongoServer _server;
    private readonly EmbeddedVectorStore _vectors;
    private readonly InMemoryBroker _broker = new(new InMemoryBrokerOptions { DisconnectedTimeout = TimeSpan.FromMilliseconds(20) });
    private readonly List<ServiceProvider> _providers = [];

    private CrawlBench(EmbeddedMongoServer server, EmbeddedVectorStore vectors, TimeProvider time)
    {
        _server = server;
        _vectors = vectors;
        Time = time;
        Web = new TestWeb(time);
        var settings = MongoClientSettings.FromConnectionString(server.ConnectionString);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(_ => OnCommand?.Invoke());
        Client = new MongoClient(settings);
        Caller = new Borrowed(_broker.Connect("crawler"));
        Worker = _broker.Connect("worker");
    }

    public TimeProvider Time { get; }

    public TestWeb Web { get; }

    public TestModels Models { get; private set; } = null!;

    public Borrowed Caller { get; }

    public InMemoryBrokerClient Worker { get; }

    public MongoClient Client { get; }

    public IMongoDatabase Database => Client.GetDatabase("crawl");

    /// <summary>Called with each command sent to MongoDB.</summary>
    public Action? OnCommand { get; set; }

    public static async Task<CrawlBench> StartAsync(TimeProvider? time = null)
    {
        var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions());
        var vectors = await EmbeddedVectorStore.OpenAsync(new EmbeddedVectorStoreOptions());
        var bench = new CrawlBench(server, vectors, time ?? TimeProvider.System);
        bench.Models = await TestModels.ServeAsync(bench.Worker);
        return bench;
    }

    /// <summary>A crawler over the bench as a new process would make it.</summary>
    public WebCrawler Crawler(Action<CrawlerOptions>? configure = null) => Services(configure).GetRequiredService<WebCrawler>();

    /// <param name="configure">Changes the options of tests: no delays to speak of.</param>
    /// <param name="real">Whether pages are asked for over the real, guarded network.</param>
    public ServiceProvider Services(Action<CrawlerOptions>? configure = null, bool real = false)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Time);
        services.AddSingleton<IBrokerClient>(Caller);
        services.AddCrawler(options =>
            {
                options.HostDelay = TimeSpan.Zero;
                options.RetryDelay = TimeSpan.FromMilliseconds(5);
                options.PassRetryDelay = TimeSpan.FromMilliseconds(5);
                options.PassMaxRetryDelay = TimeSpan.FromMilliseconds(50);
                configure?.Invoke(options);
            })
            .UseDatabase(_ => Database)
            .UseVectors((_, spec, token) => _vectors.OpenCollectionAsync("pages", spec, token));
        if (!real)
        {
            // An hour, for a fake clock may run while the machine is busy.
            var hour = TimeSpan.FromHours(1);
            var http = new HttpClient(Web, disposeHandler: false);
            var robots = new RobotsPolicy(http, options: new RobotsOptions { Timeout = hour }, time: Time);
            services.Replace(ServiceDescriptor.Singleton<IRobotsPolicy>(robots));
            services.Replace(ServiceDescriptor.Singleton<IPageFetcher>(new PageFetcher(http, robots, new FetchOptions { HeaderTimeout = hour, TotalTimeout = hour }, Time)));
        }

        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return provider;
    }

    public ValueTask<IVectorCollection> OpenVectorsAsync() => _vectors.OpenCollectionAsync("pages", new EmbeddingSpec("lexical-hash-384", 384), TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<BsonDocument>> AllAsync(string collection) =>
        await Database.GetCollection<BsonDocument>(collection).Find(new BsonDocument()).ToListAsync(TestContext.Current.CancellationToken);

    /// <summary>The graph by URLs, links to pages never stored included.</summary>
    public async Task<HashSet<string>> GraphAsync()
    {
        var urls = (await AllAsync("pages")).ToDictionary(page => page["_id"].AsString, page => page["canonical_url"].AsString);
        return [.. (await AllAsync("edges")).Select(edge => $"{urls[edge["from"].AsString]} {urls.GetValueOrDefault(edge["to"].AsString) ?? edge["to_url"].AsString}")];
    }

    public async ValueTask DisposeAsync()
    {
        OnCommand = null;
        foreach (var provider in _providers) await provider.DisposeAsync();
        await _broker.DisposeAsync();
        Models.Dispose();
        await _vectors.DisposeAsync();
        Client.Dispose();
        await _server.DisposeAsync();
        Web.Dispose();
    }
}
