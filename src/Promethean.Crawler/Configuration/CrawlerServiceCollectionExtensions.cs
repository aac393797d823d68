using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>Puts the crawler into a container.</summary>
public static class CrawlerServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="WebCrawler"/>, with <see cref="CrawlSearch"/> and <see cref="CrawlGraph"/> over what it
    /// stores. It needs an <see cref="IBrokerClient"/> in the container, a database and a vector collection.</summary>
    /// <remarks>Options are checked at the start of the host. A registered <see cref="TimeProvider"/>, <see cref="IPageFetcher"/>
    /// or <see cref="IRobotsPolicy"/> is used instead of the crawler's own.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options; may be left out where they are bound from configuration.</param>
    /// <returns>The builder that says what the crawler is built on.</returns>
    public static CrawlerBuilder AddCrawler(this IServiceCollection services, Action<CrawlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CrawlerOptions>, CrawlerOptionsValidator>());
        var options = services.AddOptions<CrawlerOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);

        services.TryAddSingleton(new FetchOptions());
        services.TryAddSingleton(new RobotsOptions());
        services.TryAddSingleton(new CrawlNetwork(new SafeHttpOptions()));
        services.TryAddSingleton(provider => new CrawlHttp(provider.GetRequiredService<CrawlNetwork>(), Time(provider)));
        services.TryAddSingleton<IRobotsPolicy>(provider => new RobotsPolicy(
            provider.GetRequiredService<CrawlHttp>().Client, provider.GetRequiredService<FetchOptions>(), provider.GetRequiredService<RobotsOptions>(), Time(provider)));
        services.TryAddSingleton<IPageFetcher>(provider => new PageFetcher(
            provider.GetRequiredService<CrawlHttp>().Client, provider.GetRequiredService<IRobotsPolicy>(), provider.GetRequiredService<FetchOptions>(), Time(provider)));
        services.TryAddSingleton(provider => new HtmlPageParser(provider.GetRequiredService<FetchOptions>().ProductToken));
        services.TryAddSingleton(provider => new CrawlDatabase(provider.GetService<IMongoDatabase>()
            ?? throw new InvalidOperationException("The crawler has no database: register an IMongoDatabase, or call UseDatabase on what AddCrawler returns.")));
        services.TryAddSingleton<VectorCollectionOpener>(_ =>
            throw new InvalidOperationException("The crawler has no vector collection: call UseVectors on what AddCrawler returns."));
        services.TryAddSingleton(provider => new CrawlStoresProvider(
            provider.GetRequiredService<CrawlDatabase>().Database, provider.GetRequiredService<VectorCollectionOpener>(), Options(provider), Time(provider), Logger(provider)));
        services.TryAddSingleton(provider => new ModelClient(provider.GetRequiredService<IBrokerClient>(), Options(provider), Time(provider)));
        services.TryAddSingleton(provider => new WebCrawler(
            provider.GetRequiredService<CrawlStoresProvider>(),
            provider.GetRequiredService<IPageFetcher>(),
            provider.GetRequiredService<IRobotsPolicy>(),
            provider.GetRequiredService<HtmlPageParser>(),
            provider.GetRequiredService<ModelClient>(),
            Options(provider),
            Time(provider),
            Logger(provider)));
        services.TryAddSingleton(provider => new CrawlSearch(provider.GetRequiredService<CrawlStoresProvider>(), provider.GetRequiredService<ModelClient>(), Time(provider)));
        services.TryAddSingleton(provider => new CrawlGraph(provider.GetRequiredService<CrawlStoresProvider>()));
        return new CrawlerBuilder(services, options);
    }

    private static CrawlerOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CrawlerOptions>>().Value;

    private static TimeProvider Time(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private static ILogger<WebCrawler> Logger(IServiceProvider provider) => provider.GetService<ILogger<WebCrawler>>() ?? NullLogger<WebCrawler>.Instance;
}
