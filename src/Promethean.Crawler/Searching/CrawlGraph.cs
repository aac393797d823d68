using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>Reads the graph. Safe from any thread, also while a crawl runs.</summary>
public sealed class CrawlGraph
{
    private readonly CrawlStoresProvider _stores;

    internal CrawlGraph(CrawlStoresProvider stores) => _stores = stores;

    /// <summary>Reads a page with its links both ways.</summary>
    /// <param name="id">The page's id.</param>
    /// <param name="neighbours">The most neighbours each way, from 0 to 1,000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The page, or null when there is none of that id.</returns>
    public async Task<GraphPage?> FindPageAsync(string id, int neighbours = 100, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentOutOfRangeException.ThrowIfNegative(neighbours);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(neighbours, 1000);
        var stores = await _stores.GetAsync(cancellationToken).ConfigureAwait(false);
        var page = await stores.Pages.Pages.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (page is null) return null;

        var edges = stores.Edges.Edges;
        var (leaving, arriving) = (EdgeStore.FromPage(id), new BsonDocument("to", id));
        var linksTo = neighbours == 0 ? [] : await edges.Find(leaving).Limit(neighbours).ToListAsync(cancellationToken).ConfigureAwait(false);
        var linkedFrom = neighbours == 0 ? [] : await edges.Find(arriving).Limit(neighbours).ToListAsync(cancellationToken).ConfigureAwait(false);
        var pages = await TitlesAsync(stores, linksTo.Select(edge => edge["to"]).Concat(linkedFrom.Select(edge => edge["from"])), cancellationToken).ConfigureAwait(false);
        return Read(
            page,
            [.. linksTo.Select(edge => Neighbour(edge, "to", pages))],
            [.. linkedFrom.Select(edge => Neighbour(edge, "from", pages))],
            await edges.CountDocumentsAsync(leaving, cancellationToken: cancellationToken).ConfigureAwait(false),
            await edges.CountDocumentsAsync(arriving, cancellationToken: cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Dictionary<string, BsonDocument>> TitlesAsync(CrawlStores stores, IEnumerable<BsonValue> ids, CancellationToken cancellationToken)
    {
        var pages = await stores.Pages.Pages.Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids.Distinct()))))
            .Project(new BsonDocument { { "url", 1 }, { "title", 1 } }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return pages.ToDictionary(page => page["_id"].AsString, StringComparer.Ordinal);
    }

    private static GraphNeighbour Neighbour(BsonDocument edge, string end, Dictionary<string, BsonDocument> pages)
    {
        var id = edge[end].AsString;
        var page = pages.GetValueOrDefault(id);
        var url = page?.Text("url") ?? (end == "to" ? edge.Text("to_url") : null) ?? "";
        return new GraphNeighbour(id, url, page?.Text("title"), edge.Text("anchor_text") ?? "");
    }

    private static GraphPage Read(BsonDocument page, IReadOnlyList<GraphNeighbour> linksTo, IReadOnlyList<GraphNeighbour> linkedFrom, long outDegree, long inDegree)
    {
        var (http, meta) = (page.Part("http"), page.Part("meta"));
        return new GraphPage
        {
            Id = page["_id"].AsString,
            Url = page.Text("url") ?? "",
            CanonicalUrl = page.Text("canonical_url") ?? "",
            Domain = page.Text("domain") ?? "",
            Title = page.Text("title") ?? "",
            Lang = page.Text("lang"),
            FirstSeenAt = Moment(page, "first_seen_at"),
            LastCrawledAt = Moment(page, "last_crawled_at"),
            Status = http?.GetValue("status", 0).ToInt32() ?? 0,
            ContentType = http?.Text("content_type") ?? "",
            ContentSha256 = page.Text("content_sha256") ?? "",
            TextExcerpt = page.Text("text_excerpt") ?? "",
            Summary = page.Part("summary")?.Text("text"),
            SummaryModel = page.Part("summary")?.Text("model"),
            Tags = page.Tags(),
            Flags = page.Part("flags") is { } flags ? [.. flags.Where(flag => flag.Value.ToBoolean()).Select(flag => flag.Name)] : [],
            NextPass = page.Part("work")?.Text("stage"),
            Error = meta?.Text("error") ?? meta?.Part("pass_error")?.Text("error"),
            LinksTo = linksTo,
            LinkedFrom = linkedFrom,
            OutDegree = outDegree,
            InDegree = inDegree,
        };
    }

    private static DateTimeOffset? Moment(BsonDocument page, string name) =>
        page.TryGetValue(name, out var value) && value.IsValidDateTime ? value.ToUniversalTime() : null;
}
