using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>Reads and writes the documents of <c>urls</c> and <c>hosts</c>.</summary>
internal static class FrontierDocuments
{
    /// <summary>URLs to be asked before all others: those that gave no page last time. They cost no budget unless they give one now.</summary>
    public const int PriorityRecheck = -1;

    /// <summary>Pages known from earlier runs: a run with the same budget gets the same pages.</summary>
    public const int PriorityKnown = 0;

    /// <summary>Everything else.</summary>
    public const int PriorityNew = 1;

    public static FrontierUrl Read(BsonDocument url) => new()
    {
        Id = url["_id"].AsString,
        Url = new Uri(url["url"].AsString),
        HostKey = url["host"].AsString,
        Depth = url["depth"].ToInt32(),
        Tries = url["tries"].ToInt32(),
        Hops = url["hops"].ToInt32(),
        FromSeed = url.GetValue("seed", false).ToBoolean(),
        IgnoresCanonical = url.GetValue("no_canonical", false).ToBoolean(),
        Alias = url.TryGetValue("alias", out var alias)
            ? new AliasNote(alias["to"].AsString, Text(alias.AsBsonDocument, "etag"), Text(alias.AsBsonDocument, "last_modified"))
            : null,
    };

    /// <summary>Inserts a URL if it is not there; otherwise only brings it nearer.</summary>
    public static UpdateOneModel<BsonDocument> Insert(NewUrl found, int run, DateTimeOffset now)
    {
        var url = new BsonDocument
        {
            { "host", found.Url.HostKey },
            { "url", found.Url.FetchUrl.AbsoluteUri },
            { "state", UrlState.Queued },
            { "prio", found.Depth == 0 ? PriorityKnown : PriorityNew },
            { "tries", 0 },
            { "hops", found.Hops },
            { "due_at", now.UtcDateTime },
            { "run", run },
            { "found_at", now.UtcDateTime },
        };
        if (found.FromSeed) url.Add("seed", true);
        return new UpdateOneModel<BsonDocument>(
            Id(found.Url.Id),
            new BsonDocument { { "$setOnInsert", url }, { "$min", new BsonDocument("depth", found.Depth) } })
        { IsUpsert = true };
    }

    /// <summary>The URL gave the page stored under its id.</summary>
    public static UpdateOneModel<BsonDocument> Done(FrontierUrl url, int run, DateTimeOffset now, DateTimeOffset freshUntil) => new(
        Id(url.Id),
        new BsonDocument
        {
            { "$set", new BsonDocument { { "state", UrlState.Done }, { "run", run }, { "tries", 0 }, { "done_at", now.UtcDateTime }, { "fresh_until", freshUntil.UtcDateTime } } },
            { "$unset", new BsonDocument { { "reason", "" }, { "alias", "" } } },
        });

    /// <summary>The URL leads to another.</summary>
    public static UpdateOneModel<BsonDocument> IsAlias(FrontierUrl url, int run, AliasNote alias, string kind)
    {
        var note = new BsonDocument { { "to", alias.Target }, { "kind", kind }, { "run", run } };
        if (alias.ETag is not null) note.Add("etag", alias.ETag);
        if (alias.LastModified is not null) note.Add("last_modified", alias.LastModified);
        return new UpdateOneModel<BsonDocument>(
            Id(url.Id),
            new BsonDocument
            {
                { "$set", new BsonDocument { { "state", UrlState.Alias }, { "run", run }, { "alias", note } } },
                { "$unset", new BsonDocument("reason", "") },
            });
    }

    /// <summary>The URL ended without a page.</summary>
    public static UpdateOneModel<BsonDocument> Ended(FrontierUrl url, int run, string state, string reason) => new(
        Id(url.Id),
        new BsonDocument("$set", new BsonDocument { { "state", state }, { "run", run }, { "reason", reason }, { "tries", url.Tries + 1 } }));

    /// <summary>The URL is to be tried again.</summary>
    public static UpdateOneModel<BsonDocument> Retry(FrontierUrl url, DateTimeOffset dueAt, string reason) => new(
        Id(url.Id),
        new BsonDocument("$set", new BsonDocument
        {
            { "state", UrlState.Queued }, { "due_at", MongoTime.Ceiling(dueAt) }, { "tries", url.Tries + 1 }, { "reason", reason },
        }));

    /// <summary>The URL is to be fetched again at another spelling of the same identity.</summary>
    public static UpdateOneModel<BsonDocument> Respelled(FrontierUrl url, Uri target, DateTimeOffset now) => new(
        Id(url.Id),
        new BsonDocument("$set", new BsonDocument
        {
            { "state", UrlState.Queued }, { "url", target.AbsoluteUri }, { "hops", url.Hops + 1 }, { "due_at", now.UtcDateTime },
        }));

    public static UpdateOneModel<BsonDocument> ReadyHost(string hostKey) => new(
        Id(hostKey),
        new BsonDocument
        {
            { "$set", new BsonDocument("ready", true) },
            { "$setOnInsert", new BsonDocument { { "next_at", DateTime.UnixEpoch }, { "lease_until", DateTime.UnixEpoch }, { "token", 0L }, { "failures", 0 }, { "delay_ms", 0L } } },
        })
    { IsUpsert = true };

    private static BsonDocument Id(string id) => new("_id", id);

    private static string? Text(BsonDocument document, string name) => document.TryGetValue(name, out var value) && value.IsString ? value.AsString : null;
}
