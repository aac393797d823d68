using Microsoft.Extensions.Time.Testing;

namespace Promethean.Crawler.Tests;

/// <summary>Lets a fake clock run, some twenty times as fast as the real one, until a task is over.</summary>
internal static class ClockDriver
{
    public static async Task<T> RunAsync<T>(this FakeTimeProvider clock, Task<T> task)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return await task;
    }
}
