namespace Promethean.Broker.Server.Tests;

internal static class Until
{
    /// <summary>Waits for something that another thread brings about; it yields, it does not sleep.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        while (!condition())
        {
            guard.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
