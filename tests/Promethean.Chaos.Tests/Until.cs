namespace Promethean.Chaos.Tests;

internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for something that another thread or process brings about; how long that was after a timestamp.</summary>
    public static Task<TimeSpan> TrueAsync(Func<bool> condition, long since, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), since, cancellationToken);

    /// <inheritdoc cref="TrueAsync(Func{bool}, long, CancellationToken)"/>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, long since, CancellationToken cancellationToken)
    {
        using var guard = new CancellationTokenSource(ChildProcess.HangGuard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, cancellationToken);
        while (!await condition())
        {
            await Task.Delay(Pause, TimeProvider.System, either.Token);
        }

        return TimeProvider.System.GetElapsedTime(since);
    }
}
