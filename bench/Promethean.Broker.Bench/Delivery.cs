using System.Globalization;
using Promethean.Broker.Bench.Peers;

namespace Promethean.Broker.Bench;

/// <summary>Publish to delivery: one publisher that awaits each publish, one handler, timed until it got the last message.</summary>
internal static class Delivery
{
    private const string Text = "thirty-two characters of a note.";
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(1);

    public static async Task CompareAsync(int rounds)
    {
        await using var ours = new InMemoryBrokerPeer();
        await using var channel = new ChannelPeer();
        await using var serializing = new SerializingChannelPeer();
        await using var wolverine = new WolverinePeer();
        await using var rebus = new RebusPeer();
        await using var massTransit = new MassTransitPeer();
        IPeer[] peers = [channel, serializing, ours, wolverine, rebus, massTransit];
        var messages = new int[peers.Length];
        for (var i = 0; i < peers.Length; i++)
        {
            await peers[i].StartAsync();
            messages[i] = await WarmUpAsync(peers[i]);
        }

        var runs = peers.Select(_ => new List<DeliveryRun>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            // The round before the first does not count. Each run tells how many messages fill the goal in the next.
            // Each round begins with another peer, so that none always follows the same one.
            for (var turn = 0; turn < peers.Length; turn++)
            {
                var i = (round + 1 + turn) % peers.Length;
                var run = await MeasureAsync(peers[i], messages[i]);
                messages[i] = (int)(run.PerSecond * Goal.TotalSeconds);
                if (round >= 0) runs[i].Add(run);
            }
        }

        Print(peers, runs, Array.IndexOf(peers, ours));
    }

    // Doubles until a run is long, and then once more: the first long one may have been compiling.
    private static async Task<int> WarmUpAsync(IPeer peer)
    {
        var messages = 2_000;
        for (var longRuns = 0; ;)
        {
            var run = await MeasureAsync(peer, messages);
            var seconds = messages / run.PerSecond;
            if (seconds > Goal.TotalSeconds / 2 && ++longRuns == 2) return messages;
            if (seconds < Goal.TotalSeconds) messages *= 2;
        }
    }

    private static async Task<DeliveryRun> MeasureAsync(IPeer peer, int messages)
    {
        GC.Collect();
        peer.Arrivals.Expect(messages);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var from = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < messages; i++) await peer.PublishAsync(new(Text, i));
        await peer.Arrivals.Completion.WaitAsync(Guard, TimeProvider.System);
        var taken = TimeProvider.System.GetElapsedTime(from);
        return new(messages, messages / taken.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)messages);
    }

    private static void Print(IPeer[] peers, List<DeliveryRun>[] runs, int ours)
    {
        Console.WriteLine($"### Publish to delivery ({runs[0].Count} rounds)\n");
        Console.WriteLine("| | messages per run, median | msgs/s, median | bytes/message | ours/this, least | ours/this, median | ours ahead |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        for (var i = 0; i < peers.Length; i++)
        {
            var ratios = runs[ours].Zip(runs[i], (mine, theirs) => mine.PerSecond / theirs.PerSecond).ToList();
            var comparison = i == ours ? "| | |" : string.Create(CultureInfo.InvariantCulture, $"{ratios.Min():G3} | {Middle.Of(ratios):G3} | {ratios.Count(ratio => ratio > 1)} of {ratios.Count} |");
            Console.WriteLine($"| {peers[i].Name} | {Middle.Of(runs[i].Select(run => (double)run.Messages)):N0} | {Middle.Of(runs[i].Select(run => run.PerSecond)):N0} | {Middle.Of(runs[i].Select(run => run.BytesEach)):N0} | {comparison}");
        }

        Console.WriteLine();
    }
}
