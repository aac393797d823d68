namespace Promethean.Crawler;

/// <summary>Wakes whoever waits for something to have changed. A change between looking and waiting is not missed.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>To be taken before looking, and awaited after.</summary>
    public Task Next
    {
        get
        {
            lock (_lock) return _next.Task;
        }
    }

    public void Send()
    {
        TaskCompletionSource sent;
        lock (_lock)
        {
            sent = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        sent.SetResult();
    }

    /// <summary>Waits for the change, or until a moment.</summary>
    public async Task WaitAsync(Task next, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (until is not { } moment)
        {
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var wait = moment - time.GetUtcNow();
        if (wait <= TimeSpan.Zero) return;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(Min(wait), time, done.Token)).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // A timer holds about 49 days; whoever wakes early looks again.
    private static TimeSpan Min(TimeSpan wait) => wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1);
}
