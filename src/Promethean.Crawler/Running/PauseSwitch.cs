namespace Promethean.Crawler;

/// <summary>Holds fetches back while on.</summary>
internal sealed class PauseSwitch
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _paused;

    public bool IsPaused
    {
        get
        {
            lock (_lock) return _paused is not null;
        }
    }

    public Task Resumed
    {
        get
        {
            lock (_lock) return _paused?.Task ?? Task.CompletedTask;
        }
    }

    public void Pause()
    {
        lock (_lock) _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        TaskCompletionSource? paused;
        lock (_lock)
        {
            paused = _paused;
            _paused = null;
        }

        paused?.SetResult();
    }
}
