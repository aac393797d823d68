namespace Promethean.Broker.Testing.Tests;

/// <summary>A small system under a thousand networks, and bugs planted in it that have to be found.</summary>
[Collection(nameof(RunsAlone))]
public sealed class SeedExplorerTests
{
    private const int Orders = 8;

    [Fact]
    public async Task A_thousand_fault_plans_lose_duplicate_and_reorder_nothing_beyond_what_they_say() =>
        await SeedExplorer.ExploreAsync(1000, run => new Workshop(run).RunAsync(Orders), cancellationToken: TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(Bug.NoLock)]
    [InlineData(Bug.AckFirst)]
    [InlineData(Bug.NotIdempotent)]
    public async Task A_planted_bug_is_found_within_200_seeds_and_its_seed_replays_it_every_time(Bug bug)
    {
        var found = await FindAsync(bug);
        found.Should().NotBeNull("{0} is to be found within 200 seeds", bug);
        found!.Value.Story.Should().Contain($"PROMETHEAN_SEED={found.Value.Seed}").And.Contain("Timeline");
        for (var replay = 0; replay < 10; replay++)
        {
            var again = () => SeedExplorer.ReplayAsync(found.Value.Seed, run => new Workshop(run, bug).RunAsync(Orders));
            var story = (await again.Should().ThrowAsync<BrokerAssertionException>("replay {0} of seed {1}", replay, found.Value.Seed)).Which.Message;
            Timeline(story).Should().Be(Timeline(found.Value.Story), "a seed gives the same run, timeline and all");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{bug}: seed {found.Value.Seed}");
    }

    [Fact]
    public async Task A_scenario_that_waits_for_nothing_fails_and_says_what_is_in_flight()
    {
        var stuck = () => SeedExplorer.ReplayAsync(
            3,
            async run =>
            {
                var client = run.Broker.Connect();
                await client.SubscribeAsync("a", async (_, _) => await new TaskCompletionSource().Task);
                await client.PublishAsync("a", default);
                await run.Broker.QuietAsync();
            },
            seed => new() { Seed = seed, HangGuard = TimeSpan.FromMilliseconds(50) });
        (await stuck.Should().ThrowAsync<BrokerAssertionException>()).WithMessage("*seed 3*In flight: subscription 'a' of client-1: 1 message(s) pending*");
    }

    [Fact]
    public async Task Hours_of_virtual_time_pass_by_themselves()
    {
        await SeedExplorer.ReplayAsync(1, async run =>
        {
            await Task.Delay(TimeSpan.FromHours(5), run.Clock);
            (run.Clock.GetUtcNow() - run.Clock.Start).Should().Be(TimeSpan.FromHours(5));
        });
    }

    // Up to the name of the trace's file; what the assertion library says before it may differ from call to call.
    private static string Timeline(string story) =>
        string.Join('\n', story[story.IndexOf("Timeline", StringComparison.Ordinal)..].Split('\n').TakeWhile(line => !line.StartsWith("The whole trace", StringComparison.Ordinal)));

    private static async Task<(int Seed, string Story)?> FindAsync(Bug bug)
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            try
            {
                await SeedExplorer.ReplayAsync(seed, run => new Workshop(run, bug).RunAsync(Orders));
            }
            catch (BrokerAssertionException e)
            {
                return (seed, e.Message);
            }
        }

        return null;
    }
}
