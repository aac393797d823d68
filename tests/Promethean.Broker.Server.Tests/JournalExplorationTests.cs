namespace Promethean.Broker.Server.Tests;

/// <summary>Whatever crashes and fails: what was acknowledged holds.</summary>
public sealed class JournalExplorationTests(ITestOutputHelper output)
{
    private const int Seeds = 25;

    [Fact]
    public async Task No_acknowledged_task_is_lost_no_done_one_comes_back_and_names_hold()
    {
        var first = Environment.GetEnvironmentVariable("PROMETHEAN_SEED") is { Length: > 0 } named ? int.Parse(named, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var crashes = 0;
        for (var seed = first; seed < first + Seeds; seed++)
        {
            await using var exploration = new JournalExploration(seed);
            (await exploration.RunAsync(150)).Should().BeEmpty("seed {0} holds; run it alone with PROMETHEAN_SEED={0}", seed);
            crashes += exploration.Crashes;
        }

        output.WriteLine($"{Seeds} seeds, {crashes} crashes");
        crashes.Should().BeGreaterThan(Seeds, "brokers do die in the middle");
    }
}
