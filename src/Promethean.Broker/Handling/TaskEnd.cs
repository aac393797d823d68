namespace Promethean.Broker;

/// <summary>What ends a task's token: its cancellation, its deadline, or the end of its worker or connection.</summary>
internal sealed class TaskEnd : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _timer;

    public TaskEnd(TimeSpan? timeLeft, TimeProvider time, CancellationToken stopped, CancellationToken closed)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(stopped, closed);
        if (timeLeft is { } left)
        {
            _timer = time.CreateTimer(static state => _ = ((TaskEnd)state!).ExpireAsync(), this, left, Timeout.InfiniteTimeSpan);
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the deadline came first.</summary>
    public bool IsLate { get; private set; }

    /// <summary>Ends the token; nothing happens where the task has ended.</summary>
    public async Task CancelAsync()
    {
        try
        {
            await _source.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The task ended meanwhile.
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _source.Dispose();
    }

    private Task ExpireAsync()
    {
        // Before the token ends, so that whoever sees it end knows why.
        IsLate = !_source.IsCancellationRequested;
        return CancelAsync();
    }
}
