using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>Finds crawled pages by what their summaries say. Safe from any thread, also while a crawl runs.</summary>
public sealed class CrawlSearch
{
    private static readonly BsonDocument _fields = new() { { "url", 1 }, { "title", 1 }, { "domain", 1 }, { "tags", 1 }, { "summary.text", 1 }, { "flags.gone", 1 } };
    private readonly CrawlStoresProvider _stores;
    private readonly ModelClient _models;
    private readonly TimeProvider _time;

    internal CrawlSearch(CrawlStoresProvider stores, ModelClient models, TimeProvider time)
    {
        _stores = stores;
        _models = models;
        _time = time;
    }

    /// <summary>Embeds the text over the broker, asks the vectors, and reads the pages found.</summary>
    /// <param name="query">What to search for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The pages, best first; fewer than asked, or none, where pages have vanished from the web since or have nothing in
    /// common with the text.</returns>
    /// <exception cref="ArgumentException">The text is empty, or the limit out of range.</exception>
    /// <exception cref="BrokerException">The text could not be embedded.</exception>
    /// <exception cref="VectorStoreException">The vectors could not be asked.</exception>
    public async Task<IReadOnlyList<CrawlSearchHit>> SearchAsync(CrawlSearchQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentException.ThrowIfNullOrWhiteSpace(query.Text, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 100, nameof(query));
        var started = _time.GetTimestamp();
        var stores = await _stores.GetAsync(cancellationToken).ConfigureAwait(false);
        var vector = await _models.EmbedAsync(query.Text, cancellationToken).ConfigureAwait(false);
        var found = await stores.Vectors.QueryAsync(new VectorQuery { Embedding = vector, Limit = query.Limit, Filter = Filter(query) }, cancellationToken).ConfigureAwait(false);
        // A cosine of zero or less says that query and summary have nothing in common.
        found = [.. found.Where(hit => hit.Score > 0)];
        var hits = await ReadAsync(stores, found, cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.SearchSeconds.Record(_time.GetElapsedTime(started).TotalSeconds);
        return hits;
    }

    private static VectorFilter? Filter(CrawlSearchQuery query)
    {
        var filters = query.Tags.Select(tag => VectorFilter.Contains("tags", tag.TrimStart('#'))).ToList();
        if (query.Domain is { } domain) filters.Add(VectorFilter.Equal("domain", domain));
        return filters.Count == 0 ? null : VectorFilter.And(filters);
    }

    private static async Task<IReadOnlyList<CrawlSearchHit>> ReadAsync(CrawlStores stores, IReadOnlyList<VectorHit> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0) return [];
        var ids = new BsonArray(found.Select(hit => hit.Record.Id));
        var pages = await stores.Pages.Pages.Find(new BsonDocument("_id", new BsonDocument("$in", ids))).Project(_fields).ToListAsync(cancellationToken).ConfigureAwait(false);
        var byId = pages.ToDictionary(page => page["_id"].AsString, StringComparer.Ordinal);
        var hits = new List<CrawlSearchHit>(found.Count);
        foreach (var hit in found)
        {
            if (!byId.TryGetValue(hit.Record.Id, out var page) || page.Flag("gone") || page.Text("url") is not { } url) continue;
            hits.Add(new CrawlSearchHit(
                hit.Record.Id, url, page.Text("title") ?? "", page.Text("domain") ?? "", page.Tags(), page.Part("summary")?.Text("text") ?? "", hit.Score));
        }

        return hits;
    }
}
