using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>Runs a scenario under many seeds, each a network with other faults and another order, until one of them breaks it.</summary>
/// <remarks>
/// <para>Each run has a <see cref="VirtualClock"/> that goes on by itself while the scenario waits, so that hours cost milliseconds, and
/// deliveries one after another in the order that the seed draws. A failure names the seed; <see cref="ReplayAsync"/>, or the
/// environment variable <see cref="SeedVariable"/>, runs it again, exactly.</para>
/// <para>That holds as far as the scenario keeps to the run's clock and broker, whose continuations run one after another: what goes by
/// way of the thread pool (<c>Task.Yield</c>, <c>Task.Run</c>), the system's clock and real input and output bring chance of their
/// own.</para>
/// </remarks>
public static class SeedExplorer
{
    /// <summary>The environment variable with the one seed to run instead of many: <c>PROMETHEAN_SEED</c>.</summary>
    public const string SeedVariable = "PROMETHEAN_SEED";

    private static readonly TimeSpan MostVirtualTime = TimeSpan.FromDays(365);

    /// <summary>Runs a scenario under the seeds 1 to a number.</summary>
    /// <param name="seeds">How many, at least 1.</param>
    /// <param name="scenario">The scenario; it throws where a promise is broken.</param>
    /// <param name="options">The options of a seed; where left out, <see cref="FaultPlan.FromSeed"/> and the seed.</param>
    /// <param name="cancellationToken">Stops between two seeds.</param>
    /// <exception cref="BrokerAssertionException">A seed broke it; the message names the seed and shows the timeline.</exception>
    /// <exception cref="FormatException">The environment variable is not a number.</exception>
    public static async Task ExploreAsync(
        int seeds, Func<SimulatedRun, Task> scenario, Func<int, InMemoryBrokerOptions>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        if (Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } one)
        {
            var seed = int.TryParse(one, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new FormatException($"{SeedVariable} is a whole number, not '{one}'.");
            await ReplayAsync(seed, scenario, options).ConfigureAwait(false);
            return;
        }

        for (var seed = 1; seed <= seeds; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ReplayAsync(seed, scenario, options).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a scenario under one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="options">As for <see cref="ExploreAsync"/>.</param>
    /// <exception cref="BrokerAssertionException">The seed broke it.</exception>
    public static async Task ReplayAsync(int seed, Func<SimulatedRun, Task> scenario, Func<int, InMemoryBrokerOptions>? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var clock = new VirtualClock();
        var broker = new InMemoryBroker(options?.Invoke(seed) ?? new() { Seed = seed, Faults = FaultPlan.FromSeed(seed) }, clock);
        var plan = broker.Faults;
        try
        {
            var running = scenario(new(seed, clock, broker));
            await DriveAsync(running, clock, broker).ConfigureAwait(false);
            await running.ConfigureAwait(false);
            await broker.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is BrokerAssertionException or OperationCanceledException || MockBroker.IsFailure(e))
        {
            var story = e is BrokerAssertionException ? e.Message : broker.Failure(e.Message).Message;
            throw new BrokerAssertionException(
                $"The scenario broke under seed {seed} ({plan}). Replay it with {SeedVariable}={seed}, or SeedExplorer.ReplayAsync({seed}, ...).{Environment.NewLine}{story}", e);
        }
        finally
        {
            broker.Abandon();
        }
    }

    // Only while the scenario itself does not: two that drive would race.
    private static async Task DriveAsync(Task scenario, VirtualClock clock, InMemoryBroker broker)
    {
        var giveUp = clock.GetUtcNow() + MostVirtualTime;
        while (!scenario.IsCompleted)
        {
            var next = broker.Signal.NextAsync();
            await clock.RestAsync().ConfigureAwait(false);
            if (scenario.IsCompleted)
            {
                return;
            }

            if (clock.IsDriven)
            {
                await Task.WhenAny(scenario, clock.UndrivenAsync()).ConfigureAwait(false);
            }
            else if (broker.Scheduled > 0)
            {
                await broker.StepAsync().ConfigureAwait(false);
            }
            else if (clock.NextTimer is { } timer)
            {
                if (timer > giveUp)
                {
                    throw broker.Failure($"The scenario still waits after {MostVirtualTime.TotalDays} days of its own time.");
                }

                await clock.PassAsync(timer, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await WaitAsync(Task.WhenAny(scenario, next), broker).ConfigureAwait(false);
            }
        }
    }

    private static async Task WaitAsync(Task moved, InMemoryBroker broker)
    {
        try
        {
            await moved.WaitAsync(broker.GuardTime, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw broker.Failure("The scenario waits, and nothing moves any more: no delivery is on its way and no timer is set.", e);
        }
    }
}
