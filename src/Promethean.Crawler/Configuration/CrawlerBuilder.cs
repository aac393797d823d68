using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using Promethean.SafeHttp;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>Says what a crawler is built on. Each call replaces the one before it.</summary>
public sealed class CrawlerBuilder
{
    internal CrawlerBuilder(IServiceCollection services, OptionsBuilder<CrawlerOptions> options)
    {
        Services = services;
        Options = options;
    }

    /// <summary>The container's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The crawler's options, to bind or adjust.</summary>
    public OptionsBuilder<CrawlerOptions> Options { get; }

    /// <summary>Names the database of pages, edges and frontier. Without this, an <see cref="IMongoDatabase"/> of the container is used.</summary>
    /// <param name="database">Finds the database; the crawler does not dispose its client.</param>
    public CrawlerBuilder UseDatabase(Func<IServiceProvider, IMongoDatabase> database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return Replace(services => new CrawlDatabase(database(services)));
    }

    /// <summary>Names the collection of vectors; it is opened on first use, with the model and dimension of the options.</summary>
    /// <param name="open">Opens the collection.</param>
    public CrawlerBuilder UseVectors(Func<IServiceProvider, EmbeddingSpec, CancellationToken, ValueTask<IVectorCollection>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return Replace<VectorCollectionOpener>(services => (spec, token) => open(services, spec, token));
    }

    /// <summary>Says how pages are asked for. Default: <see cref="FetchOptions"/> as they come.</summary>
    /// <param name="options">The user agent, caps and time-outs.</param>
    public CrawlerBuilder UseFetching(FetchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Replace(_ => options);
    }

    /// <summary>Says what may be connected to. Default: public addresses on ports 80 and 443.</summary>
    /// <remarks>For the crawler alone: a <see cref="SafeHttpHandler"/> that the service has besides keeps its own options.</remarks>
    /// <param name="options">The networks and ports.</param>
    public CrawlerBuilder UseNetwork(SafeHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Replace(_ => new CrawlNetwork(options));
    }

    private CrawlerBuilder Replace<T>(Func<IServiceProvider, T> factory)
        where T : class
    {
        Services.Replace(ServiceDescriptor.Singleton(factory));
        return this;
    }
}
