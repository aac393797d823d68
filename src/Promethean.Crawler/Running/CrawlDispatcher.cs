namespace Promethean.Crawler;

/// <summary>
/// Hands hosts to visits, as many at a time as allowed, until the run has its pages or there is nothing more to get. It knows the
/// end by looking, not by waiting: no visit under way, and no host with a URL in the store.
/// </summary>
internal sealed class CrawlDispatcher(CrawlSession session, HostVisit visits, PauseSwitch pause)
{
    private readonly HashSet<Task> _active = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await DispatchAsync(stop.Token).ConfigureAwait(false);
        }
        finally
        {
            // One failure ends all: what the others had in hand is queued again by the next start.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_active).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DispatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await ReapAsync().ConfigureAwait(false);
            var changed = session.Changed.Next;
            if (session.Budget.IsSpent)
            {
                if (_active.Count == 0) return;
                await Task.WhenAny(_active).ConfigureAwait(false);
                continue;
            }

            if (pause.IsPaused || _active.Count >= session.Options.MaxConcurrency)
            {
                await Task.WhenAny([.. _active, pause.IsPaused ? pause.Resumed : Task.WhenAny(_active)]).WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (await session.Stores.Frontier.ClaimHostAsync(session.Now, cancellationToken).ConfigureAwait(false) is { } lease)
            {
                session.Counters.AddInFlight(1);
                _active.Add(VisitAsync(lease, cancellationToken));
                continue;
            }

            var idle = _active.Count == 0;
            var next = await session.Stores.Frontier.NextReadyAtAsync(session.Now, cancellationToken).ConfigureAwait(false);
            if (idle && next is null) return;
            var ended = idle ? changed : Task.WhenAny([changed, .. _active]);
            await session.Changed.WaitAsync(ended, next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task VisitAsync(HostLease lease, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await visits.RunAsync(lease, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            session.Counters.AddInFlight(-1);
        }
    }

    // Throws what a visit threw.
    private async Task ReapAsync()
    {
        foreach (var ended in _active.Where(visit => visit.IsCompleted).ToList())
        {
            _active.Remove(ended);
            await ended.ConfigureAwait(false);
        }
    }
}
