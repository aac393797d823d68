using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Promethean.Broker;
using Promethean.Crawler;
using Promethean.Crawler.Server;
using Promethean.SafeHttp;
using Promethean.Vectors;
using Promethean.Workers;

namespace AllInOne;

/// <summary>The crawler with its workers, its page and its endpoints, assembled from the packages.</summary>
internal static class CrawlHost
{
    private const string LexicalModel = "lexical-hash-";

    public static WebApplication Build(AllInOneOptions options, LocalStores stores, Uri broker, IReadOnlyList<IPNetwork> networks, bool isLocalSite)
    {
        var builder = HostBuilding.NewBuilder(options.Port);
        var services = builder.Services;
        services.AddBroker(client =>
        {
            client.Url = broker;
            client.Token = Environment.GetEnvironmentVariable("BROKER_TOKEN") is { Length: > 0 } token ? token : null;
        });
        var crawler = services.AddCrawler(crawl =>
            {
                CrawlerEnvironment.Apply(crawl);
                // Politeness towards a server that is our own would only cost time.
                crawl.HostDelay = isLocalSite ? TimeSpan.Zero : crawl.HostDelay;
            })
            .UseDatabase(_ => stores.Database)
            .UseVectors((_, spec, token) => stores.Vectors.OpenCollectionAsync("promethean_web_summaries", spec, token))
            .UseFetching(CrawlerEnvironment.ReadFetchOptions())
            .UseNetwork(new SafeHttpOptions { AllowedNetworks = networks });
        AddModels(services, crawler);
        services.AddHealthChecks().AddCheck<BrokerHealth>("broker");
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("promethean-all-in-one")).WithMetrics(metrics => metrics.AddMeter("Promethean.*").AddPrometheusExporter());

        var app = builder.Build();
        app.UseHostFiltering();
        app.MapCrawler();
        app.MapHealthChecks("/healthz");
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        return app;
    }

    private static void AddModels(IServiceCollection services, CrawlerBuilder crawler)
    {
        var workers = services.AddWorkers().AddOffline();
        var model = new CrawlerOptions();
        CrawlerEnvironment.Apply(model);
        if (model.EmbedModel.StartsWith(LexicalModel, StringComparison.Ordinal))
        {
            workers.AddEmbeddingModel(model.EmbedModel, new LexicalEmbeddingGenerator(model.EmbedDimension));
        }

        if (Environment.GetEnvironmentVariable("OLLAMA_URL") is { Length: > 0 } ollama)
        {
            workers.AddOllama(ollama);
        }
    }

    private sealed class BrokerHealth(IBrokerClient broker) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(broker.State is BrokerConnectionState.Connected
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The broker is {broker.State}."));
    }
}
