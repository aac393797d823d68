using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>
/// The frontier in MongoDB: <c>urls</c> says what has become of each URL, <c>hosts</c> when each host may be asked again and who
/// holds it. Hosts are leased, not URLs: whoever holds a host's lease is the only one to ask it anything, which makes politeness
/// exact whoever else runs.
/// </summary>
internal sealed class FrontierStore(IMongoDatabase database)
{
    private static readonly TimeSpan _leaseTime = TimeSpan.FromMinutes(10);
    private static readonly BsonDocument _claimOrder = new() { { "host", 1 }, { "state", 1 }, { "prio", 1 }, { "depth", 1 } };
    private readonly string _owner = Guid.NewGuid().ToString("N");

    public IMongoCollection<BsonDocument> Urls { get; } = database.GetCollection<BsonDocument>("urls");

    public IMongoCollection<BsonDocument> Hosts { get; } = database.GetCollection<BsonDocument>("hosts");

    public async Task EnsureIndexesAsync(CancellationToken cancellationToken)
    {
        await Urls.Indexes.CreateManyAsync(
            [
                new(_claimOrder),
                new(new BsonDocument { { "host", 1 }, { "state", 1 }, { "due_at", 1 } }),
                new(new BsonDocument { { "state", 1 }, { "run", 1 } }),
                new(new BsonDocument("alias.to", 1), new CreateIndexOptions { Sparse = true }),
            ],
            cancellationToken).ConfigureAwait(false);
        await Hosts.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "ready", 1 }, { "next_at", 1 } }), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leases a host that may be asked now, or null. No sort: the index already begins with the host that waits longest,
    /// and a sort would make all claimants fight for the same one.</summary>
    public async Task<HostLease?> ClaimHostAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var until = now + _leaseTime;
        var host = await Hosts.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument
            {
                { "ready", true },
                { "next_at", new BsonDocument("$lte", now.UtcDateTime) },
                { "lease_until", new BsonDocument("$lte", now.UtcDateTime) },
            },
            new BsonDocument
            {
                { "$set", new BsonDocument { { "lease_owner", _owner }, { "lease_until", until.UtcDateTime } } },
                { "$inc", new BsonDocument("token", 1L) },
            },
            new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After },
            cancellationToken).ConfigureAwait(false);
        return host is null ? null : new HostLease(host["_id"].AsString, host["token"].ToInt64(), until, host["failures"].ToInt32());
    }

    /// <summary>Takes the next URLs of a leased host: nearest to a seed first, those known from earlier runs before new ones.</summary>
    public async Task<IReadOnlyList<FrontierUrl>> TakeAsync(HostLease lease, int count, int maxDepth, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await Urls.Find(new BsonDocument
            {
                { "host", lease.HostKey },
                { "state", UrlState.Queued },
                { "due_at", new BsonDocument("$lte", now.UtcDateTime) },
                { "depth", new BsonDocument("$lte", maxDepth) },
            }, new FindOptions { Hint = _claimOrder })
            .Sort(new BsonDocument { { "prio", 1 }, { "depth", 1 } }).Limit(count)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (found.Count == 0) return [];
        await Urls.UpdateManyAsync(
            new BsonDocument { { "_id", new BsonDocument("$in", new BsonArray(found.Select(url => url["_id"]))) }, { "state", UrlState.Queued } },
            new BsonDocument("$set", new BsonDocument { { "state", UrlState.Fetching }, { "token", lease.Token } }),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return found.ConvertAll(FrontierDocuments.Read);
    }

    /// <summary>Puts back URLs that were taken and not fetched.</summary>
    public Task ReturnAsync(IEnumerable<FrontierUrl> urls, CancellationToken cancellationToken)
    {
        var ids = new BsonArray(urls.Select(url => url.Id));
        return ids.Count == 0
            ? Task.CompletedTask
            : Urls.UpdateManyAsync(
                new BsonDocument { { "_id", new BsonDocument("$in", ids) }, { "state", UrlState.Fetching } },
                new BsonDocument("$set", new BsonDocument("state", UrlState.Queued)),
                cancellationToken: cancellationToken);
    }

    /// <summary>Gives a host back, not to be asked before <paramref name="nextAt"/> nor before its first URL is due.</summary>
    public async Task ReleaseHostAsync(HostLease lease, DateTimeOffset nextAt, int failures, TimeSpan delay, int maxDepth, CancellationToken cancellationToken)
    {
        var mine = new BsonDocument { { "_id", lease.HostKey }, { "token", lease.Token } };
        var due = await FirstDueAsync(lease.HostKey, maxDepth, cancellationToken).ConfigureAwait(false);
        await Hosts.UpdateOneAsync(
            mine,
            new BsonDocument("$set", new BsonDocument
            {
                { "ready", due is not null },
                { "next_at", MongoTime.Ceiling(due is { } at && at > nextAt ? at : nextAt) },
                { "lease_until", DateTime.UnixEpoch },
                { "failures", failures },
                { "delay_ms", (long)delay.TotalMilliseconds },
            }),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        // Whoever adds a URL first adds it and then makes its host ready; so a URL that came between the look and the update is seen here.
        if (due is null && await FirstDueAsync(lease.HostKey, maxDepth, cancellationToken).ConfigureAwait(false) is not null)
            await Hosts.UpdateOneAsync(mine, new BsonDocument("$set", new BsonDocument("ready", true)), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When the next host that has URLs and is not leased may be asked; null when there is none.</summary>
    public async Task<DateTimeOffset?> NextReadyAtAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = await Hosts.Find(new BsonDocument { { "ready", true }, { "lease_until", new BsonDocument("$lte", now.UtcDateTime) } })
            .Sort(new BsonDocument("next_at", 1)).Limit(1).Project(new BsonDocument("next_at", 1)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return next is null ? null : next["next_at"].ToUniversalTime();
    }

    /// <summary>How many URLs of a run wait.</summary>
    public Task<long> CountQueuedAsync(int run, CancellationToken cancellationToken) =>
        Urls.CountDocumentsAsync(new BsonDocument { { "state", UrlState.Queued }, { "run", run } }, cancellationToken: cancellationToken);

    /// <summary>Gives up the rest of a host's URLs.</summary>
    /// <returns>How many there were.</returns>
    public async Task<long> FailHostAsync(string hostKey, string reason, CancellationToken cancellationToken)
    {
        var result = await Urls.UpdateManyAsync(
            new BsonDocument { { "host", hostKey }, { "state", UrlState.Queued } },
            new BsonDocument("$set", new BsonDocument { { "state", UrlState.Failed }, { "reason", reason } }),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return result.ModifiedCount;
    }

    /// <summary>Applies changes to <c>urls</c> in their order, in one command, and makes the hosts of new URLs ready.</summary>
    /// <returns>How many URLs were new.</returns>
    public async Task<int> WriteAsync(IReadOnlyList<NewUrl> offered, int run, DateTimeOffset now, UpdateOneModel<BsonDocument>? last, CancellationToken cancellationToken)
    {
        var writes = new List<WriteModel<BsonDocument>>(offered.Count + 1);
        foreach (var url in offered) writes.Add(FrontierDocuments.Insert(url, run, now));
        if (last is not null) writes.Add(last);
        if (writes.Count == 0) return 0;
        var result = await Urls.BulkWriteAsync(writes, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.Upserts.Count == 0) return 0;

        HashSet<string> hosts = [.. result.Upserts.Select(upsert => offered[upsert.Index].Url.HostKey)];
        await MakeReadyAsync(hosts, cancellationToken).ConfigureAwait(false);
        return result.Upserts.Count;
    }

    /// <summary>Says of hosts that they have URLs; a host not known yet begins with no delay behind it.</summary>
    public Task MakeReadyAsync(IReadOnlyCollection<string> hosts, CancellationToken cancellationToken) =>
        hosts.Count == 0 ? Task.CompletedTask : Hosts.BulkWriteAsync([.. hosts.Select(FrontierDocuments.ReadyHost)], cancellationToken: cancellationToken);

    private async Task<DateTimeOffset?> FirstDueAsync(string hostKey, int maxDepth, CancellationToken cancellationToken)
    {
        var first = await Urls.Find(new BsonDocument { { "host", hostKey }, { "state", UrlState.Queued }, { "depth", new BsonDocument("$lte", maxDepth) } })
            .Sort(new BsonDocument("due_at", 1)).Limit(1)
            .Project(new BsonDocument("due_at", 1)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return first is null ? null : first["due_at"].ToUniversalTime();
    }
}
