using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Promethean.Broker.Bench;

/// <summary>The same test over MassTransit's test harness, with its defaults.</summary>
internal static class MassTransitTest
{
    /// <param name="negative">Whether to make the negative assert as well, which waits.</param>
    public static async Task<PerTestTimes> RunAsync(bool negative)
    {
        var from = TimeProvider.System.GetTimestamp();
        var provider = new ServiceCollection()
            .AddMassTransitTestHarness(TextWriter.Null, bus => bus.AddHandler((Note _) => Task.CompletedTask))
            .BuildServiceProvider();
        var harness = provider.GetRequiredService<ITestHarness>();
        await harness.Start();
        var started = Since.Microseconds(from);

        await harness.Bus.Publish(new Note("one", 1));
        if (!await harness.Consumed.Any<Note>()) throw new InvalidOperationException("The message was not delivered.");

        var asked = TimeProvider.System.GetTimestamp();
        if (negative && await harness.Consumed.Any<Absent>()) throw new InvalidOperationException("Something was delivered.");
        var waited = Since.Microseconds(asked);

        await harness.Stop();
        await provider.DisposeAsync();
        return new(started, Since.Microseconds(from) - waited, waited);
    }
}
