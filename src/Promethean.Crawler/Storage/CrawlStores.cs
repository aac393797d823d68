using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.DualSink;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>Everything a crawler keeps, opened and ready.</summary>
internal sealed class CrawlStores : IAsyncDisposable
{
    /// <summary>The sink's name: documents keep its state under <c>sink.web</c>.</summary>
    private const string SinkName = "web";

    private readonly DualSinkWriter _sink;

    private CrawlStores(IMongoDatabase database, IVectorCollection vectors, CrawlerOptions options, TimeProvider time, ILogger logger)
    {
        Frontier = new FrontierStore(database);
        Pages = new PageStore(database, options, time);
        Edges = new EdgeStore(database, time);
        Runs = new RunStore(database, Frontier, Pages, options, time);
        Passes = new PassStore(Pages.Pages, time);
        Vectors = vectors;
        _sink = new DualSinkWriter(Pages.Pages, vectors, new DualSinkOptions { Name = SinkName }, time, logger);
    }

    public FrontierStore Frontier { get; }

    public PageStore Pages { get; }

    public EdgeStore Edges { get; }

    public RunStore Runs { get; }

    public PassStore Passes { get; }

    public IVectorCollection Vectors { get; }

    public IDualSink Sink => _sink;

    /// <summary>Opens the vectors first: a collection of another model refuses before anything is written anywhere.</summary>
    public static async Task<CrawlStores> OpenAsync(
        IMongoDatabase database, VectorCollectionOpener open, CrawlerOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var vectors = await open(new EmbeddingSpec(options.EmbedModel, options.EmbedDimension), cancellationToken).ConfigureAwait(false);
        var stores = new CrawlStores(database, vectors, options, time, logger);
        try
        {
            await stores.Frontier.EnsureIndexesAsync(cancellationToken).ConfigureAwait(false);
            await stores.Pages.EnsureIndexesAsync(cancellationToken).ConfigureAwait(false);
            await stores.Edges.EnsureIndexesAsync(cancellationToken).ConfigureAwait(false);
            return stores;
        }
        catch
        {
            await stores.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Learns which URLs are other names of pages.</summary>
    public async Task LoadAliasesAsync(CancellationToken cancellationToken)
    {
        using var cursor = await Frontier.Urls.Find(new BsonDocument("alias.to", new BsonDocument("$gt", ""))).Project(new BsonDocument("alias.to", 1)).ToCursorAsync(cancellationToken).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            foreach (var url in cursor.Current) Edges.AddAlias(url["_id"].AsString, url["alias"]["to"].AsString);
    }

    /// <summary>Turns the edges that were stored before their target proved an alias in this run.</summary>
    public async Task ResolveAliasesAsync(int run, CancellationToken cancellationToken)
    {
        var aliases = await Frontier.Urls.Find(new BsonDocument { { "state", UrlState.Alias }, { "run", run } }).Project(new BsonDocument("_id", 1)).ToListAsync(cancellationToken).ConfigureAwait(false);
        await Edges.ResolveStoredAsync(aliases.ConvertAll(alias => alias["_id"].AsString), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds up what is stored.</summary>
    public async Task<CrawlReport> ReportAsync(CrawlRun run, CrawlCounters counters, TimeSpan elapsed, IReadOnlyList<FailedSeed> failedSeeds, CancellationToken cancellationToken)
    {
        var all = await CountAsync(Pages.Pages, []).ConfigureAwait(false);
        return new CrawlReport
        {
            Run = run.Number,
            Pages = all,
            Edges = await Edges.Edges.EstimatedDocumentCountAsync(cancellationToken: cancellationToken).ConfigureAwait(false),
            Summaries = await CountAsync(Pages.Pages, new BsonDocument("summary.ts", new BsonDocument("$exists", true))).ConfigureAwait(false),
            Tagged = await CountAsync(Pages.Pages, new BsonDocument("tags.0", new BsonDocument("$exists", true))).ConfigureAwait(false),
            Vectors = await Vectors.CountAsync(cancellationToken: cancellationToken).ConfigureAwait(false),
            Failed = await CountAsync(Frontier.Urls, new BsonDocument("state", UrlState.Failed)).ConfigureAwait(false)
                + await CountAsync(Pages.Pages, new BsonDocument("flags.pass_failed", true)).ConfigureAwait(false),
            Excluded = await CountAsync(Pages.Pages, new BsonDocument("$or", new BsonArray { new BsonDocument("flags.empty", true), new BsonDocument("flags.noindex", true) })).ConfigureAwait(false),
            Blocked = await CountAsync(Frontier.Urls, new BsonDocument("state", UrlState.Blocked)).ConfigureAwait(false),
            Skipped = await CountAsync(Frontier.Urls, new BsonDocument("state", UrlState.Skipped)).ConfigureAwait(false),
            Duplicates = all - await CountTextsAsync(cancellationToken).ConfigureAwait(false),
            Fetched = counters.Fetched,
            NotModified = counters.NotModified,
            Elapsed = elapsed,
            FailedSeeds = failedSeeds,
        };

        Task<long> CountAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter) => collection.CountDocumentsAsync(filter, cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync().ConfigureAwait(false);
        await Vectors.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<long> CountTextsAsync(CancellationToken cancellationToken)
    {
        BsonDocument[] stages = [new("$group", new BsonDocument("_id", "$content_sha256")), new("$count", "n")];
        var count = await Pages.Pages.Aggregate<BsonDocument>(stages, cancellationToken: cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return count?["n"].ToInt64() ?? 0;
    }
}
