using Promethean.Broker.Testing;

namespace Promethean.Broker.Bench;

/// <summary>What every single test pays: a broker of its own, and a negative assert.</summary>
internal static class PerTest
{
    private const int OursPerRound = 500;
    private const int TheirsPerRound = 5;
    private const int FullPerRound = 10;
    private static readonly int FillsTheLog = new InMemoryBrokerOptions().LogCapacity;

    public static async Task CompareAsync(int rounds)
    {
        List<PerTestTimes> ours = [], theirs = [];
        List<double> theirNegatives = [], fullNegatives = [];
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < OursPerRound; i++) ours.Add(await InMemoryBrokerTest.RunAsync());
            for (var i = 0; i < FullPerRound; i++) fullNegatives.Add((await InMemoryBrokerTest.RunAsync(FillsTheLog)).Negative);
            for (var i = 0; i < TheirsPerRound; i++) theirs.Add(await MassTransitTest.RunAsync(negative: false));
            theirNegatives.Add((await MassTransitTest.RunAsync(negative: true)).Negative);
            if (round < 0)
            {
                // What warmed up does not count.
                ours.Clear();
                theirs.Clear();
                theirNegatives.Clear();
                fullNegatives.Clear();
            }
        }

        Console.WriteLine($"### Per test, µs, median (ours of {ours.Count:N0}, the harness of {theirs.Count}, its negative of {theirNegatives.Count})\n");
        Console.WriteLine("| | InMemoryBroker | MassTransit's test harness | times |");
        Console.WriteLine("|---|---|---|---|");
        Print("made and connected", ours.Select(run => run.Started), theirs.Select(run => run.Started));
        Print("made, connected, subscribed, one message delivered, disposed", ours.Select(run => run.Whole), theirs.Select(run => run.Whole));
        Print("negative assert after one message", ours.Select(run => run.Negative), theirNegatives);
        Console.WriteLine($"| negative assert after {FillsTheLog:N0} messages | {Middle.Of(fullNegatives):N1} | | |");
        Console.WriteLine();
    }

    private static void Print(string what, IEnumerable<double> ours, IEnumerable<double> theirs)
    {
        var (mine, other) = (Middle.Of(ours), Middle.Of(theirs));
        Console.WriteLine($"| {what} | {mine:N2} | {other:N0} | {other / mine:N0} |");
    }
}
