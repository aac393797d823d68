using Microsoft.Extensions.Logging;

namespace Promethean.Crawler;

/// <summary>
/// Fetches from one leased host, one page after another. While a page is being stored the next is being fetched, never more: a
/// crash costs at most these two.
/// </summary>
internal sealed class HostVisit(CrawlSession session, IPageFetcher fetcher, IRobotsPolicy robots, PageProcessor processor, UrlOutcomes outcomes, RequestRate rate, ILogger logger)
{
    // A host without a delay gives its lease back after so many pages, that others get their turn.
    private const int Batch = 32;
    private static readonly TimeSpan _longestVisit = TimeSpan.FromMinutes(2);

    /// <summary>Fetches some pages and gives the host back.</summary>
    public async Task RunAsync(HostLease lease, CancellationToken cancellationToken)
    {
        var visit = new Visit(lease, await DelayAsync(lease, cancellationToken).ConfigureAwait(false));
        var taken = await TakeAsync(visit, cancellationToken).ConfigureAwait(false);
        var storing = Task.CompletedTask;
        var next = 0;
        try
        {
            for (; next < taken.Count && visit.GoesOn(session.Now); next++)
            {
                var url = taken[next];
                if (!await session.Budget.ReserveAsync(cancellationToken).ConfigureAwait(false)) break;
                session.Counters.AddQueued(-1);
                var got = await FetchAsync(visit, url, cancellationToken).ConfigureAwait(false);
                await storing.ConfigureAwait(false);
                storing = StoreAsync(url, got, cancellationToken);
            }
        }
        finally
        {
            await storing.ConfigureAwait(false);
        }

        await session.Stores.Frontier.ReturnAsync(taken.Skip(next), cancellationToken).ConfigureAwait(false);
        if (visit.Failures >= session.Options.MaxHostFailures) await GiveUpAsync(visit, cancellationToken).ConfigureAwait(false);
        await session.Stores.Frontier.ReleaseHostAsync(lease, visit.NextAt, visit.Failures, visit.Delay, session.Run.MaxDepth, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TimeSpan> DelayAsync(HostLease lease, CancellationToken cancellationToken)
    {
        var rules = await robots.GetAsync(new Uri(lease.HostKey), cancellationToken).ConfigureAwait(false);
        return rules.CrawlDelay is { } asked && asked > session.Options.HostDelay ? asked : session.Options.HostDelay;
    }

    private async Task<IReadOnlyList<FrontierUrl>> TakeAsync(Visit visit, CancellationToken cancellationToken)
    {
        var count = visit.Delay > TimeSpan.Zero ? 1 : Batch;
        var taken = await session.Stores.Frontier.TakeAsync(visit.Lease, count, session.Run.MaxDepth, session.Now, cancellationToken).ConfigureAwait(false);
        if (taken.Count == 0) return taken;
        var known = await session.Stores.Pages.FindKnownAsync(taken, cancellationToken).ConfigureAwait(false);
        return [.. taken.Select(url => url with { Known = known.GetValueOrDefault(url.Id) })];
    }

    // Null where the URL is no longer one to fetch.
    private async Task<(CrawlUrl Identity, FetchResult Result)?> FetchAsync(Visit visit, FrontierUrl url, CancellationToken cancellationToken)
    {
        if (!CrawlUrl.TryCreate(url.Url, session.Options.UrlPolicy, out var identity, out var reason))
        {
            await outcomes.EndAsync(url, UrlState.Skipped, reason, null, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (identity.Id != url.Id)
        {
            await outcomes.RenameAsync(url, identity, cancellationToken).ConfigureAwait(false);
            return null;
        }

        await rate.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var activity = CrawlerDiagnostics.Activities.StartActivity("crawler.fetch");
        activity?.SetTag("url.full", url.Url.AbsoluteUri);
        var result = await fetcher.FetchAsync(
            new FetchRequest
            {
                Url = url.Url,
                ETag = url.Known is { } known ? known.ETag : url.Alias?.ETag,
                LastModified = url.Known is { } page ? page.LastModified : url.Alias?.LastModified,
                FollowRedirect = static _ => false,
            },
            cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.FetchSeconds.Record(result.Elapsed.TotalSeconds);
        visit.Note(result, session);
        return (identity, result);
    }

    private async Task StoreAsync(FrontierUrl url, (CrawlUrl Identity, FetchResult Result)? got, CancellationToken cancellationToken)
    {
        var page = false;
        try
        {
            page = got is var (identity, result) && await processor.ProcessAsync(url, identity, result, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (page) session.Budget.Commit();
            else session.Budget.GiveBack();
        }
    }

    private async Task GiveUpAsync(Visit visit, CancellationToken cancellationToken)
    {
        var reason = $"its host failed {visit.Failures} times in a row: {visit.LastFailure}";
        var urls = await session.Stores.Frontier.FailHostAsync(visit.Lease.HostKey, reason, cancellationToken).ConfigureAwait(false);
        session.Counters.AddFailed(urls);
        session.Counters.AddQueued(-urls);
        Log.HostGivenUp(logger, visit.Lease.HostKey, visit.Failures, urls, visit.LastFailure);
    }

    private sealed class Visit(HostLease lease, TimeSpan delay)
    {
        private bool _stopped;
        private DateTimeOffset _endsAt = DateTimeOffset.MaxValue;

        public HostLease Lease { get; } = lease;

        public TimeSpan Delay { get; } = delay;

        public int Failures { get; private set; } = lease.Failures;

        public string LastFailure { get; private set; } = "";

        public DateTimeOffset NextAt { get; private set; } = DateTimeOffset.UnixEpoch;

        public bool GoesOn(DateTimeOffset now)
        {
            if (_endsAt == DateTimeOffset.MaxValue) _endsAt = now + _longestVisit;
            return !_stopped && now < _endsAt;
        }

        /// <summary>Learns from an answer how long the host is to be left alone.</summary>
        public void Note(FetchResult result, CrawlSession session)
        {
            // What robots.txt refused was never asked of the host.
            if (result is FetchRefused { Refusal: FetchRefusal.Robots or FetchRefusal.Address or FetchRefusal.Url }) return;
            var wait = Delay;
            if (Trouble(result) is { } trouble)
            {
                Failures++;
                LastFailure = trouble;
                _stopped = true;
                var backoff = Backoff.After(Failures, session.Options.RetryDelay, session.Options.MaxRetryDelay);
                var asked = (result as FetchFailed)?.RetryAfter ?? TimeSpan.Zero;
                if (asked > session.Options.MaxRetryAfter) asked = session.Options.MaxRetryAfter;
                wait = new[] { wait, backoff, asked }.Max();
            }
            else
            {
                Failures = 0;
            }

            NextAt = session.Now + wait;
        }

        // Trouble of the host, not of one page: no answer at all, or the plea to be left alone.
        private static string? Trouble(FetchResult result) => result switch
        {
            FetchRefused { Refusal: FetchRefusal.RobotsUnreachable } refused => refused.Reason,
            FetchFailed { IsTransient: true, Status: null or 429 or 503 } failed => failed.Reason,
            _ => null,
        };
    }
}
