namespace Promethean.Crawler;

/// <summary>
/// Counts a run's pages so that it gets its number exactly: whoever fetches first reserves, then commits if it was a page or gives
/// the place back. While all places left are reserved, others wait to hear how those turn out.
/// </summary>
internal sealed class CrawlBudget(long limit, long used)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private long _used = used;
    private long _reserved;

    public long Used
    {
        get
        {
            lock (_lock) return _used;
        }
    }

    /// <summary>Whether the run has all its pages.</summary>
    public bool IsSpent => Used >= limit;

    /// <summary>Reserves a place; false when there is none left and none will come back.</summary>
    public async ValueTask<bool> ReserveAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> place;
        lock (_lock)
        {
            if (_used >= limit) return false;
            if (_used + _reserved < limit)
            {
                _reserved++;
                return true;
            }

            place = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
        }

        var registration = cancellationToken.Register(() => place.TrySetCanceled(cancellationToken));
        await using (registration.ConfigureAwait(false)) return await place.Task.ConfigureAwait(false);
    }

    /// <summary>The reserved place became a page.</summary>
    public void Commit()
    {
        lock (_lock)
        {
            _reserved--;
            _used++;
            if (_used < limit) return;
            while (_waiting.TryDequeue(out var place)) place.TrySetResult(false);
        }
    }

    /// <summary>The reserved place is free again.</summary>
    public void GiveBack()
    {
        lock (_lock)
        {
            _reserved--;
            while (_waiting.TryDequeue(out var place))
            {
                if (!place.TrySetResult(true)) continue;
                _reserved++;
                return;
            }
        }
    }
}
