using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>Stores what became of a URL that gave no page, and of those that depend on it.</summary>
internal sealed class UrlOutcomes(CrawlSession session, ILogger logger) : IDisposable
{
    private const int MostHops = 10;
    private readonly SemaphoreSlim _aliasGate = new(1, 1);
    private readonly FrontierStore _frontier = session.Stores.Frontier;

    /// <summary>Offers what was found to the frontier, and stores what became of the URL it was found at, in one command.</summary>
    public async Task WriteAsync(IReadOnlyList<NewUrl> offered, UpdateOneModel<BsonDocument> outcome, CancellationToken cancellationToken)
    {
        var added = await _frontier.WriteAsync(offered, session.Run.Number, session.Now, outcome, cancellationToken).ConfigureAwait(false);
        foreach (var url in offered) session.Seen.Add(url.Url.Id, url.Depth);
        if (added == 0) return;
        session.Counters.AddQueued(added);
        session.Changed.Send();
    }

    /// <summary>The URL redirects; its target is taken into the frontier, where politeness and scope apply to it as to any other.</summary>
    public Task RedirectAsync(FrontierUrl url, Uri target, CancellationToken cancellationToken)
    {
        if (url.Hops >= MostHops) return EndAsync(url, UrlState.Failed, $"it is redirected more than {MostHops} times", null, cancellationToken);
        if (!CrawlUrl.TryCreate(target, session.Options.UrlPolicy, out var identity, out var reason))
            return EndAsync(url, UrlState.Skipped, $"it redirects to {target}, which is not visited: {reason}", null, cancellationToken);
        if (identity.Id == url.Id) return RespellAsync(url, identity.FetchUrl, cancellationToken);
        if (!session.Run.Scope.Contains(identity.FetchUrl) && !url.FromSeed)
            return EndAsync(url, UrlState.Skipped, $"it redirects out of scope, to {target}", null, cancellationToken);
        return FollowAsync(url, identity, cancellationToken);
    }

    /// <summary>Counts the page as the one it names as canonical, unless that leads nowhere or back here.</summary>
    /// <returns>False when the page has to count as itself.</returns>
    public async Task<bool> TryCanonicalAsync(FrontierUrl url, CrawlUrl canonical, FetchedPage page, IReadOnlyList<NewUrl> links, CancellationToken cancellationToken)
    {
        await _aliasGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (session.Stores.Edges.Resolve(canonical.Id) == url.Id) return false;
            var target = await _frontier.Urls.Find(new BsonDocument("_id", canonical.Id)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            if (target is not null && target["state"].AsString is UrlState.Alias or UrlState.Failed or UrlState.Blocked or UrlState.Skipped) return false;
            NewUrl[] offered = [new NewUrl(canonical, url.Depth), .. links];
            await AliasAsync(url, new AliasNote(canonical.Id, page.ETag, page.LastModified), "canonical", offered, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _aliasGate.Release();
        }
    }

    /// <summary>The page is still an alias of the page it was an alias of.</summary>
    public Task StillAliasAsync(FrontierUrl url, CancellationToken cancellationToken) => AliasAsync(url, url.Alias!, "canonical", [], cancellationToken);

    /// <summary>The identity of the URL is another one since the policy changed.</summary>
    public Task RenameAsync(FrontierUrl url, CrawlUrl identity, CancellationToken cancellationToken) =>
        AliasAsync(url, new AliasNote(identity.Id, null, null), "policy", [new NewUrl(identity, url.Depth, url.Hops, url.FromSeed)], cancellationToken);

    /// <summary>The fetch failed: it is tried again later, or the URL is given up.</summary>
    public async Task FailAsync(FrontierUrl url, string reason, int? status, bool transient, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var options = session.Options;
        var again = transient && url.Tries + 1 < options.MaxTries;
        CrawlerDiagnostics.FetchFailures.Add(1, new KeyValuePair<string, object?>("retried", again));
        if (!again)
        {
            await EndAsync(url, UrlState.Failed, reason, status, cancellationToken).ConfigureAwait(false);
            return;
        }

        var delay = Backoff.After(url.Tries + 1, options.RetryDelay, options.MaxRetryDelay);
        if (retryAfter is { } asked && asked > delay) delay = asked < options.MaxRetryAfter ? asked : options.MaxRetryAfter;
        Log.FetchRetried(logger, url.Url, delay, reason);
        session.Counters.AddQueued(1);
        await WriteAsync([], FrontierDocuments.Retry(url, session.Now + delay, reason), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The URL gives no page. What was known of one stays, marked; pages that name this one as canonical count as themselves.</summary>
    public async Task EndAsync(FrontierUrl url, string state, string reason, int? status, CancellationToken cancellationToken)
    {
        Log.UrlEnded(logger, url.Url, $"{state}: {reason}");
        switch (state)
        {
            case UrlState.Failed: session.Counters.AddFailed(); break;
            case UrlState.Blocked:
                session.Counters.AddBlocked();
                CrawlerDiagnostics.RobotsBlocked.Add(1);
                break;
            default: CrawlerDiagnostics.PagesSkipped.Add(1, new KeyValuePair<string, object?>("reason", "rule")); break;
        }

        if (url.Known is not null)
        {
            var flag = state == UrlState.Blocked ? "blocked_by_robots" : "error";
            await session.Stores.Pages.FlagAsync(url.Id, flag, reason, gone: status is 404 or 410, cancellationToken).ConfigureAwait(false);
        }

        await WriteAsync([], FrontierDocuments.Ended(url, session.Run.Number, state, reason), cancellationToken).ConfigureAwait(false);
        await FreeCanonicalAliasesAsync(url.Id, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _aliasGate.Dispose();

    private async Task FollowAsync(FrontierUrl url, CrawlUrl target, CancellationToken cancellationToken)
    {
        var authority = CrawlScope.AuthorityOf(target.FetchUrl);
        if (url.FromSeed && !session.Run.Scope.Contains(target.FetchUrl) && session.Run.Scope.Add(authority))
            await session.Stores.Runs.WidenAsync(session.Run, authority, cancellationToken).ConfigureAwait(false);
        await AliasAsync(url, new AliasNote(target.Id, null, null), "redirect", [new NewUrl(target, url.Depth, url.Hops + 1, url.FromSeed)], cancellationToken).ConfigureAwait(false);
    }

    private async Task RespellAsync(FrontierUrl url, Uri target, CancellationToken cancellationToken)
    {
        session.Counters.AddQueued(1);
        await WriteAsync([], FrontierDocuments.Respelled(url, target, session.Now), cancellationToken).ConfigureAwait(false);
    }

    private async Task AliasAsync(FrontierUrl url, AliasNote alias, string kind, IReadOnlyList<NewUrl> offered, CancellationToken cancellationToken)
    {
        Log.UrlEnded(logger, url.Url, kind);
        CrawlerDiagnostics.PagesSkipped.Add(1, new KeyValuePair<string, object?>("reason", kind));
        if (url.Known is not null)
        {
            // It was a page of its own once; now it is another's name, and no page must be found twice.
            await session.Stores.Sink.DeleteAsync(url.Id, cancellationToken).ConfigureAwait(false);
            await session.Stores.Edges.DeleteFromAsync(url.Id, cancellationToken).ConfigureAwait(false);
        }

        session.Stores.Edges.AddAlias(url.Id, alias.Target);
        await WriteAsync(offered, FrontierDocuments.IsAlias(url, session.Run.Number, alias, kind), cancellationToken).ConfigureAwait(false);
    }

    private async Task FreeCanonicalAliasesAsync(string target, CancellationToken cancellationToken)
    {
        var aliases = await _frontier.Urls.Find(new BsonDocument { { "alias.to", target }, { "alias.kind", "canonical" }, { "state", UrlState.Alias } })
            .Project(new BsonDocument("host", 1)).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (aliases.Count == 0) return;
        var update = new BsonDocument
        {
            { "$set", new BsonDocument { { "state", UrlState.Queued }, { "no_canonical", true }, { "due_at", session.Now.UtcDateTime }, { "run", session.Run.Number } } },
            { "$unset", new BsonDocument("alias", "") },
        };
        foreach (var alias in aliases) session.Stores.Edges.RemoveAlias(alias["_id"].AsString);
        await _frontier.Urls.UpdateManyAsync(
            new BsonDocument { { "_id", new BsonDocument("$in", new BsonArray(aliases.Select(alias => alias["_id"]))) }, { "state", UrlState.Alias } },
            update, cancellationToken: cancellationToken).ConfigureAwait(false);
        await _frontier.MakeReadyAsync(aliases.Select(alias => alias["host"].AsString).ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
        session.Counters.AddQueued(aliases.Count);
        session.Changed.Send();
    }
}
