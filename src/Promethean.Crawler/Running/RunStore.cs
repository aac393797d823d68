using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>
/// The runs in MongoDB. A run that no process has ended is continued by the next one; otherwise a new run begins, to which all
/// URLs known from earlier ones are due again. Every step may be repeated after a crash.
/// </summary>
internal sealed class RunStore(IMongoDatabase database, FrontierStore frontier, PageStore pages, CrawlerOptions options, TimeProvider time)
{
    private readonly IMongoCollection<BsonDocument> _runs = database.GetCollection<BsonDocument>("runs");

    /// <summary>Continues the run that was interrupted, with the limits now asked for and the seeds added; or begins the next.</summary>
    public async Task<CrawlRun> BeginAsync(CrawlRequest request, IReadOnlyList<CrawlUrl> seeds, CancellationToken cancellationToken)
    {
        var last = await _runs.Find(FilterDefinition<BsonDocument>.Empty).Sort(new BsonDocument("_id", -1)).Limit(1).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var resumed = last is not null && last["state"] == "running";
        var number = last is null ? 1 : last["_id"].ToInt32() + (resumed ? 0 : 1);
        var authorities = seeds.Select(seed => CrawlScope.AuthorityOf(seed.FetchUrl)).ToHashSet(StringComparer.Ordinal);
        if (resumed) authorities.UnionWith(last!["scope"].AsBsonArray.Select(authority => authority.AsString));
        await _runs.UpdateOneAsync(
            new BsonDocument("_id", number),
            new BsonDocument
            {
                { "$setOnInsert", new BsonDocument { { "state", "running" }, { "prepared", false }, { "started_at", time.GetUtcNow().UtcDateTime } } },
                { "$set", new BsonDocument { { "scope", new BsonArray(authorities) }, { "max_pages", request.MaxPages }, { "max_depth", request.MaxDepth } } },
                { "$addToSet", new BsonDocument("seeds", new BsonDocument("$each", new BsonArray(seeds.Select(seed => seed.FetchUrl.AbsoluteUri)))) },
            },
            new UpdateOptions { IsUpsert = true },
            cancellationToken).ConfigureAwait(false);

        var scope = new CrawlScope(authorities, options.AllowDomains);
        if (resumed && last!["prepared"].ToBoolean()) await RecoverAsync(scope, cancellationToken).ConfigureAwait(false);
        else await PrepareAsync(number, scope, cancellationToken).ConfigureAwait(false);
        await frontier.WriteAsync([.. seeds.Select(seed => new NewUrl(seed, Depth: 0, FromSeed: true))], number, time.GetUtcNow(), last: null, cancellationToken).ConfigureAwait(false);

        var done = await frontier.Urls.CountDocumentsAsync(new BsonDocument { { "state", UrlState.Done }, { "run", number } }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new CrawlRun(number, resumed, done, request.MaxPages, request.MaxDepth, scope);
    }

    /// <summary>Takes one more host into the run's scope.</summary>
    public Task WidenAsync(CrawlRun run, string authority, CancellationToken cancellationToken) =>
        _runs.UpdateOneAsync(new BsonDocument("_id", run.Number), new BsonDocument("$addToSet", new BsonDocument("scope", authority)), cancellationToken: cancellationToken);

    /// <summary>Ends the run: the next one will be new.</summary>
    public Task EndAsync(CrawlRun run, string state, CancellationToken cancellationToken) =>
        _runs.UpdateOneAsync(
            new BsonDocument("_id", run.Number),
            new BsonDocument("$set", new BsonDocument { { "state", state }, { "ended_at", time.GetUtcNow().UtcDateTime } }),
            cancellationToken: cancellationToken);

    // Filters name run < number, so doing it twice does nothing more.
    private async Task PrepareAsync(int number, CrawlScope scope, CancellationToken cancellationToken)
    {
        var hosts = await HostsInScopeAsync(scope, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow().UtcDateTime;
        await RequeueAsync(UrlState.Done, FrontierDocuments.PriorityKnown, new BsonDocument("fresh_until", new BsonDocument("$lte", now))).ConfigureAwait(false);
        foreach (var state in new[] { UrlState.Failed, UrlState.Blocked, UrlState.Alias })
            await RequeueAsync(state, FrontierDocuments.PriorityRecheck, []).ConfigureAwait(false);
        await RequeueAsync(UrlState.Fetching, FrontierDocuments.PriorityNew, []).ConfigureAwait(false);
        await RequeueAsync(UrlState.Queued, priority: null, []).ConfigureAwait(false);
        await pages.ReviveGivenUpAsync(now, cancellationToken).ConfigureAwait(false);
        await ResetHostsAsync(hosts, cancellationToken).ConfigureAwait(false);
        await _runs.UpdateOneAsync(new BsonDocument("_id", number), new BsonDocument("$set", new BsonDocument("prepared", true)), cancellationToken: cancellationToken).ConfigureAwait(false);

        Task RequeueAsync(string state, int? priority, BsonDocument more)
        {
            var set = new BsonDocument { { "state", UrlState.Queued }, { "run", number }, { "tries", 0 }, { "hops", 0 }, { "due_at", now } };
            if (priority is { } prio) set.Add("prio", prio);
            var filter = new BsonDocument { { "host", new BsonDocument("$in", hosts) }, { "state", state }, { "run", new BsonDocument("$lt", number) } };
            return frontier.Urls.UpdateManyAsync(filter.Merge(more), new BsonDocument("$set", set), cancellationToken: cancellationToken);
        }
    }

    private async Task RecoverAsync(CrawlScope scope, CancellationToken cancellationToken)
    {
        await frontier.Urls.UpdateManyAsync(
            new BsonDocument("state", UrlState.Fetching),
            new BsonDocument("$set", new BsonDocument("state", UrlState.Queued)),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await ResetHostsAsync(await HostsInScopeAsync(scope, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    // No other process crawls from this database, so whoever held a lease is gone. The moment a host may be asked again is kept.
    private async Task ResetHostsAsync(BsonArray inScope, CancellationToken cancellationToken)
    {
        await frontier.Hosts.UpdateManyAsync(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument { { "ready", false }, { "lease_until", DateTime.UnixEpoch }, { "failures", 0 } }),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await frontier.Hosts.UpdateManyAsync(
            new BsonDocument("_id", new BsonDocument("$in", inScope)),
            new BsonDocument("$set", new BsonDocument("ready", true)),
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<BsonArray> HostsInScopeAsync(CrawlScope scope, CancellationToken cancellationToken)
    {
        var hosts = new BsonArray();
        using var cursor = await frontier.Hosts.Find(new BsonDocument()).Project(new BsonDocument("_id", 1)).ToCursorAsync(cancellationToken).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var host in cursor.Current)
                if (scope.Contains(new Uri(host["_id"].AsString))) hosts.Add(host["_id"]);
        }

        return hosts;
    }
}
