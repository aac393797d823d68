namespace Promethean.Crawler.Tests;

/// <summary>Waits for a condition, with a guard against waiting for ever.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, late.Token);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, both.Token);
    }
}
