using Microsoft.Extensions.Logging;

namespace Promethean.Crawler;

/// <summary>From an answer to stored page, edges and new URLs. Each step may be repeated; the last marks the URL done.</summary>
internal sealed class PageProcessor(CrawlSession session, UrlOutcomes outcomes, HtmlPageParser parser, PassRunner passes, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);

    /// <summary>Stores what the answer says.</summary>
    /// <returns>Whether a page was got, which counts against the run's budget.</returns>
    public async Task<bool> ProcessAsync(FrontierUrl url, CrawlUrl identity, FetchResult result, CancellationToken cancellationToken)
    {
        switch (result)
        {
            case FetchedPage page:
                return await StoreAsync(url, identity, page, cancellationToken).ConfigureAwait(false);
            case PageNotModified unchanged when url.Known is not null:
                await TouchAsync(url, unchanged, cancellationToken).ConfigureAwait(false);
                return true;
            case PageNotModified when url.Alias is not null:
                await outcomes.StillAliasAsync(url, cancellationToken).ConfigureAwait(false);
                return false;
            case FetchRefused { Refusal: FetchRefusal.RedirectDeclined } refused:
                await outcomes.RedirectAsync(url, refused.Target, cancellationToken).ConfigureAwait(false);
                return false;
            case FetchRefused { Refusal: FetchRefusal.RobotsUnreachable } refused:
                await outcomes.FailAsync(url, refused.Reason, null, transient: true, retryAfter: null, cancellationToken).ConfigureAwait(false);
                return false;
            case FetchRefused refused:
                await outcomes.EndAsync(url, StateOf(refused.Refusal), refused.Reason, null, cancellationToken).ConfigureAwait(false);
                return false;
            case FetchFailed failed:
                await outcomes.FailAsync(url, failed.Reason, failed.Status, failed.IsTransient, failed.RetryAfter, cancellationToken).ConfigureAwait(false);
                return false;
            default:
                await outcomes.FailAsync(url, "the server said the page is unchanged though it was not asked", 304, transient: false, null, cancellationToken).ConfigureAwait(false);
                return false;
        }
    }

    public void Dispose() => _cores.Dispose();

    private static string StateOf(FetchRefusal refusal) => refusal switch
    {
        FetchRefusal.Robots => UrlState.Blocked,
        FetchRefusal.Redirects => UrlState.Failed,
        _ => UrlState.Skipped,
    };

    private async Task<bool> StoreAsync(FrontierUrl url, CrawlUrl identity, FetchedPage page, CancellationToken cancellationToken)
    {
        session.Counters.AddFetched(page.BytesRead);
        CrawlerDiagnostics.PagesFetched.Add(1);
        CrawlerDiagnostics.BytesDownloaded.Add(page.BytesRead);
        var parsed = await ParseAsync(page, cancellationToken).ConfigureAwait(false);
        if (parsed is null)
        {
            await outcomes.EndAsync(url, UrlState.Failed, "it cannot be parsed", page.Status, cancellationToken).ConfigureAwait(false);
            return false;
        }

        var started = session.Time.GetTimestamp();
        var links = Identify(parsed.Links);
        var offers = Offers(url.Depth, parsed.NoFollow ? [] : links.Where(link => !link.Link.NoFollow).Select(link => link.Target));
        if (!url.IgnoresCanonical && Canonical(parsed, identity) is { } canonical
            && await outcomes.TryCanonicalAsync(url, canonical, page, offers, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var content = new PageContent(url, page, parsed);
        // The order is what a crash needs: the page stands for its edges, and the URL's end for everything.
        await session.Stores.Edges.StoreAsync(url.Id, url.Known is null, links, cancellationToken).ConfigureAwait(false);
        var work = await session.Stores.Pages.StoreAsync(content, identity, cancellationToken).ConfigureAwait(false);
        if (content.IsExcluded && url.Known is { Excluded: false })
            await session.Stores.Vectors.DeleteAsync([url.Id], cancellationToken).ConfigureAwait(false);
        session.Stores.Edges.RemoveAlias(url.Id);
        await DoneAsync(url, offers, work, cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.StoreSeconds.Record(session.Time.GetElapsedTime(started).TotalSeconds);
        return true;
    }

    private async Task TouchAsync(FrontierUrl url, PageNotModified answer, CancellationToken cancellationToken)
    {
        session.Counters.AddNotModified();
        CrawlerDiagnostics.PagesSkipped.Add(1, new KeyValuePair<string, object?>("reason", "not_modified"));
        var stored = await session.Stores.Edges.ReadLinksAsync(url.Id, cancellationToken).ConfigureAwait(false);
        var targets = new List<CrawlUrl>(stored.Count);
        foreach (var (target, noFollow) in stored)
            if (!noFollow && CrawlUrl.TryCreate(target, session.Options.UrlPolicy, out var identity, out _)) targets.Add(identity);
        var work = await session.Stores.Pages.TouchAsync(url, answer, cancellationToken).ConfigureAwait(false);
        await DoneAsync(url, Offers(url.Depth, targets), work, cancellationToken).ConfigureAwait(false);
    }

    private async Task DoneAsync(FrontierUrl url, IReadOnlyList<NewUrl> offers, bool work, CancellationToken cancellationToken)
    {
        var now = session.Now;
        await outcomes.WriteAsync(offers, FrontierDocuments.Done(url, session.Run.Number, now, now + session.Options.RevisitAfter), cancellationToken).ConfigureAwait(false);
        Log.UrlEnded(logger, url.Url, UrlState.Done);
        if (!work) return;
        session.Counters.AddPasses(1);
        passes.Notify();
    }

    private async Task<ParsedPage?> ParseAsync(FetchedPage page, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var started = session.Time.GetTimestamp();
            var parsed = parser.Parse(page.Body, page.Charset, page.MediaType, page.FinalUrl, page.RobotsTags);
            CrawlerDiagnostics.ParseSeconds.Record(session.Time.GetElapsedTime(started).TotalSeconds);
            return parsed;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.ParseFailed(logger, e, page.FinalUrl);
            return null;
        }
        finally
        {
            _cores.Release();
        }
    }

    private List<(CrawlUrl Target, PageLink Link)> Identify(IReadOnlyList<PageLink> links)
    {
        var known = new List<(CrawlUrl, PageLink)>(links.Count);
        foreach (var link in links)
            if (CrawlUrl.TryCreate(link.Target, session.Options.UrlPolicy, out var target, out _)) known.Add((target, link));
        return known;
    }

    private List<NewUrl> Offers(int depth, IEnumerable<CrawlUrl> targets)
    {
        var offers = new List<NewUrl>();
        if (depth >= session.Run.MaxDepth) return offers;
        var mine = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            if (session.Seen.Contains(target.Id, depth + 1) || !session.Run.Scope.Contains(target.FetchUrl) || !mine.Add(target.Id)) continue;
            offers.Add(new NewUrl(target, depth + 1));
        }

        return offers;
    }

    private CrawlUrl? Canonical(ParsedPage page, CrawlUrl identity) =>
        page.Canonical is { } named && CrawlUrl.TryCreate(named, session.Options.UrlPolicy, out var canonical, out _)
        && canonical.Id != identity.Id && canonical.HostKey == identity.HostKey
            ? canonical
            : null;
}
