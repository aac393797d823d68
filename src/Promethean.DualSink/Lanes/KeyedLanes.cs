namespace Promethean.DualSink;

/// <summary>Runs work in the order it was given per key, and side by side for different keys, at most so many at a time.</summary>
/// <remarks>A caller that gives up while waiting leaves its place without letting anyone overtake.</remarks>
internal sealed class KeyedLanes(int maxConcurrency) : IAsyncDisposable
{
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private bool _closed;

    public async Task RunAsync(string key, Func<Task> work, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_last)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(DualSinkWriter));
            before = _last.GetValueOrDefault(key, Task.CompletedTask);
            _last[key] = ended.Task;
        }

        try
        {
            await before.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await work().ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            _ = before.ContinueWith(
                (_, _) => Leave(key, ended),
                null,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_last)
        {
            if (_closed) return;
            _closed = true;
            running = [.. _last.Values];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        _slots.Dispose();
    }

    private void Leave(string key, TaskCompletionSource ended)
    {
        lock (_last)
        {
            if (_last[key] == ended.Task) _last.Remove(key);
        }

        ended.SetResult();
    }
}
