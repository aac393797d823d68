using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>The nodes of the graph: <c>pages</c>, and beside them <c>texts</c>, which only the models read.</summary>
internal sealed class PageStore(IMongoDatabase database, CrawlerOptions options, TimeProvider time)
{
    private static readonly BsonDocument _knownFields = new()
    {
        { "http", 1 }, { "content_sha256", 1 }, { "summary.model", 1 }, { "meta.tags_model", 1 }, { "embedding.model", 1 }, { "flags", 1 }, { "work.stage", 1 },
    };

    private readonly IMongoCollection<BsonDocument> _texts = database.GetCollection<BsonDocument>("texts");

    public IMongoCollection<BsonDocument> Pages { get; } = database.GetCollection<BsonDocument>("pages");

    public async Task EnsureIndexesAsync(CancellationToken cancellationToken) => await Pages.Indexes.CreateManyAsync(
        [
            new(new BsonDocument("canonical_url", 1), new CreateIndexOptions { Unique = true }),
            new(new BsonDocument("domain", 1)),
            new(new BsonDocument("work.due_at", 1), new CreateIndexOptions { Sparse = true }),
        ],
        cancellationToken).ConfigureAwait(false);

    /// <summary>Looks which of the URLs have a page, for the validators of a conditional request.</summary>
    public async Task<IReadOnlyDictionary<string, KnownPage>> FindKnownAsync(IEnumerable<FrontierUrl> urls, CancellationToken cancellationToken)
    {
        var found = await Pages.Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(urls.Select(url => url.Id)))))
            .Project(_knownFields).ToListAsync(cancellationToken).ConfigureAwait(false);
        return found.ToDictionary(page => page["_id"].AsString, Known, StringComparer.Ordinal);
    }

    /// <summary>Stores a page that was downloaded, its text before it; asks for the models' passes where their input changed.</summary>
    /// <returns>Whether passes are due.</returns>
    public async Task<bool> StoreAsync(PageContent content, CrawlUrl identity, CancellationToken cancellationToken)
    {
        var known = content.Url.Known;
        var fresh = content.ContentSha256 != known?.ContentSha256;
        var work = !content.IsExcluded && (fresh || IsStale(known!));
        if (work)
        {
            await _texts.ReplaceOneAsync(
                new BsonDocument("_id", content.Url.Id),
                new BsonDocument { { "_id", content.Url.Id }, { "content_sha256", content.ContentSha256 }, { "text", content.Parsed.Text } },
                new ReplaceOptions { IsUpsert = true },
                cancellationToken).ConfigureAwait(false);
        }

        await Pages.UpdateOneAsync(
            new BsonDocument("_id", content.Url.Id), PageUpdate(content, identity, work), new UpdateOptions { IsUpsert = true }, cancellationToken).ConfigureAwait(false);
        return work;
    }

    /// <summary>Notes that a page is as it was; asks for passes only where another model is now configured.</summary>
    /// <returns>Whether passes are due.</returns>
    public async Task<bool> TouchAsync(FrontierUrl url, PageNotModified answer, CancellationToken cancellationToken)
    {
        var known = url.Known!;
        var work = !known.Excluded && !known.HasWork && IsStale(known);
        var set = new BsonDocument { { "last_crawled_at", time.GetUtcNow().UtcDateTime }, { "flags.error", false }, { "flags.gone", false }, { "flags.blocked_by_robots", false } };
        if (answer.ETag is not null) set.Add("http.etag", answer.ETag);
        if (answer.LastModified is not null) set.Add("http.last_modified", answer.LastModified);
        if (work) set.Add("work", Work(known.ContentSha256!));
        await Pages.UpdateOneAsync(
            new BsonDocument("_id", url.Id),
            new BsonDocument { { "$set", set }, { "$unset", new BsonDocument("meta.error", "") } },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return work;
    }

    /// <summary>Notes on a page known from before that it can no longer be had. What is known of it stays.</summary>
    public Task FlagAsync(string id, string flag, string reason, bool gone, CancellationToken cancellationToken) =>
        Pages.UpdateOneAsync(
            new BsonDocument("_id", id),
            new BsonDocument("$set", new BsonDocument { { $"flags.{flag}", true }, { "flags.gone", gone }, { "meta.error", reason } }),
            cancellationToken: cancellationToken);

    /// <summary>The text the models are to see, or null where it is no longer the one asked for.</summary>
    public async Task<string?> ReadTextAsync(string id, string contentSha256, CancellationToken cancellationToken)
    {
        var text = await _texts.Find(new BsonDocument { { "_id", id }, { "content_sha256", contentSha256 } }).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return text?["text"].AsString;
    }

    /// <summary>Makes passes that were given up due again.</summary>
    public async Task ReviveGivenUpAsync(DateTime now, CancellationToken cancellationToken)
    {
        using var cursor = await Pages.Find(new BsonDocument("flags.pass_failed", true)).Project(new BsonDocument { { "meta.pass_error.stage", 1 }, { "content_sha256", 1 } })
            .ToCursorAsync(cancellationToken).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var page in cursor.Current)
            {
                var work = new BsonDocument { { "stage", page["meta"]["pass_error"]["stage"] }, { "sha", page["content_sha256"] }, { "tries", 0 }, { "due_at", now } };
                await Pages.UpdateOneAsync(
                    new BsonDocument { { "_id", page["_id"] }, { "work", new BsonDocument("$exists", false) } },
                    new BsonDocument { { "$set", new BsonDocument { { "work", work }, { "flags.pass_failed", false } } }, { "$unset", new BsonDocument("meta.pass_error", "") } },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static KnownPage Known(BsonDocument page)
    {
        var http = page.Part("http");
        return new KnownPage
        {
            ETag = http?.Text("etag"),
            LastModified = http?.Text("last_modified"),
            ContentSha256 = page.Text("content_sha256"),
            SummaryModel = page.Part("summary")?.Text("model"),
            TaggerModel = page.Part("meta")?.Text("tags_model"),
            EmbedModel = page.Part("embedding")?.Text("model"),
            Excluded = page.Flag("empty") || page.Flag("noindex"),
            HasWork = page.Contains("work"),
        };
    }

    private bool IsStale(KnownPage page) =>
        page.Excluded || page.SummaryModel != options.SummaryModel || page.TaggerModel != options.TaggerModel || page.EmbedModel != options.EmbedModel;

    private BsonDocument Work(string contentSha256) => new()
    {
        { "stage", PassStage.Summary }, { "sha", contentSha256 }, { "tries", 0 }, { "due_at", time.GetUtcNow().UtcDateTime },
    };

    private BsonDocument PageUpdate(PageContent content, CrawlUrl identity, bool work)
    {
        var (_, fetched, parsed) = content;
        var now = time.GetUtcNow().UtcDateTime;
        var http = new BsonDocument { { "status", fetched.Status }, { "content_type", fetched.MediaType } };
        if (fetched.ETag is not null) http.Add("etag", fetched.ETag);
        if (fetched.LastModified is not null) http.Add("last_modified", fetched.LastModified);
        var set = new BsonDocument
        {
            { "url", identity.FetchUrl.AbsoluteUri },
            { "canonical_url", identity.DedupKey },
            { "domain", identity.FetchUrl.IdnHost },
            { "last_crawled_at", now },
            { "http", http },
            { "content_sha256", content.ContentSha256 },
            { "title", parsed.Title },
            { "text_excerpt", parsed.NoIndex ? "" : Excerpt(parsed.Text) },
            { "flags.blocked_by_robots", false },
            { "flags.error", false },
            { "flags.gone", false },
            { "flags.dynamic", identity.FetchUrl.Query.Length > 0 },
            { "flags.empty", parsed.Text.Length == 0 },
            { "flags.noindex", parsed.NoIndex },
            { "version", PageFields.SchemaVersion },
        };
        var unset = new BsonDocument("meta.error", "");
        if (parsed.Lang is { } lang) set.Add("lang", lang);
        else unset.Add("lang", "");
        if (work)
        {
            set.Add("work", Work(content.ContentSha256));
            set.Add("flags.pass_failed", false);
            unset.Add("meta.pass_error", "");
        }
        else if (content.IsExcluded)
        {
            foreach (var field in new[] { "work", "summary", "tags", "embedding", "meta.tags_model" }) unset.Add(field, "");
        }

        return new BsonDocument { { "$set", set }, { "$setOnInsert", new BsonDocument("first_seen_at", now) }, { "$unset", unset } };
    }

    private string Excerpt(string text)
    {
        if (text.Length <= options.ExcerptLength) return text;
        var end = options.ExcerptLength;
        if (end > 0 && char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end];
    }
}
