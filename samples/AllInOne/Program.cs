using System.Net;
using AllInOne;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.Crawler;
using Promethean.DualSink;
using Promethean.Mongo.Embedded;
using Promethean.Vectors;

return await AllInOneCommand.RunAsync(args, async (options, token) =>
{
    try
    {
        return await RunAsync(options, token);
    }
    catch (Exception e) when (e is CrawlFailedException or EmbeddingSpecMismatchException or VectorStoreException or DualSinkException
        or EmbeddedMongoException or BrokerException or MongoException or TimeoutException or OptionsValidationException
        or IOException or UnauthorizedAccessException or ArgumentException or FormatException or NotSupportedException)
    {
        await Console.Error.WriteLineAsync($"error: {e.Message}");
        if (e is CrawlFailedException { Seeds: var seeds } && seeds.Any(seed => seed.Kind is SeedFailure.ForbiddenAddress))
        {
            await Console.Error.WriteLineAsync("Name the network with --allow-network, for example --allow-network 127.0.0.1/32.");
        }

        return 1;
    }
});

static async Task<int> RunAsync(AllInOneOptions options, CancellationToken token)
{
    await using var stores = await LocalStores.OpenAsync(options.DataDirectory, token);
    await using var broker = await LocalBroker.StartAsync(options.BrokerPort, token);
    var site = await Site.ChooseAsync(options, token);
    await using var docs = site.Docs;
    await using var app = CrawlHost.Build(options, stores, broker.Url, site.Networks, site.IsLocal);
    var stopping = app.Lifetime.ApplicationStopping;
    try
    {
        await app.ListenAsync("--port", token);
        // A broker that does not answer is an error now, not a page without a summary later.
        await app.Services.GetRequiredService<IBrokerClient>().RequestAsync(BrokerActions.SystemHealth, default, cancellationToken: stopping);
        if (!options.Once)
        {
            Console.WriteLine($"ready {app.Urls.Single()}");
        }

        var report = await CrawlJob.RunAsync(app.Services.GetRequiredService<WebCrawler>(), site.Seeds, options, stopping);
        CrawlJob.Print(report);
        if (options.Search is { } text)
        {
            await CrawlJob.PrintHitsAsync(app.Services.GetRequiredService<CrawlSearch>(), text, stopping);
        }

        if (!options.Once)
        {
            await app.WaitForShutdownAsync(CancellationToken.None);
        }

        return 0;
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("Interrupted. Start again with the same --data to go on.");
        return options.Once ? 130 : 0;
    }
    finally
    {
        // The workers leave the broker before the broker goes.
        await app.StopAsync(CancellationToken.None);
    }
}
