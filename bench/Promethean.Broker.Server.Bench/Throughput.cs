using Promethean.Broker.Server.Bench.Peers;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench;

/// <summary>Messages through a server from one publisher to one subscriber, timed until the last arrived.</summary>
internal static class Throughput
{
    private const int Batch = 64;
    private const int InFlight = 256;
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(0.6);

    public static async Task CompareAsync(int rounds)
    {
        await using var broker = await ServerProcess.StartAsync(BenchServer.Broker);
        await using var signalR = await ServerProcess.StartAsync(BenchServer.SignalR);
        await using var echo = await ServerProcess.StartAsync(BenchServer.Echo);
        await using var single = new RawPeer("broker, bare client, 1 a frame", broker, RawWire.Broker("note.a"));
        await using var mixed = new RawPeer("broker, bare client, 1 a frame, delivered in arrays", broker, RawWire.Broker("note.b"), 1, "?batch=1");
        await using var batched = new RawPeer($"broker, bare client, {Batch} a frame, delivered in arrays", broker, RawWire.Broker("note.c"), Batch, "?batch=1");
        await using var hubSingle = new RawPeer("SignalR, bare client, 1 a frame", signalR, RawWire.SignalR("note.d"));
        await using var hubBatched = new RawPeer($"SignalR, bare client, {Batch} a frame", signalR, RawWire.SignalR("note.e"), Batch);
        await using var bare = new RawPeer("bare echo, 1 a frame", echo, RawWire.Echo());
        await using var awaited = new BrokerClientPeer("broker, our client, each awaited", broker, "note.f", 1);
        await using var many = new BrokerClientPeer($"broker, our client, {InFlight} awaited at a time", broker, "note.g", InFlight);
        await using var hubSent = new HubPeer("SignalR's client, SendAsync", signalR, "note.h", 0);
        await using var hubAwaited = new HubPeer("SignalR's client, each InvokeAsync awaited", signalR, "note.i", 1);
        await using var hubMany = new HubPeer($"SignalR's client, {InFlight} InvokeAsync awaited at a time", signalR, "note.j", InFlight);
        IPeer[] peers = [single, mixed, batched, hubSingle, hubBatched, bare, awaited, many, hubSent, hubAwaited, hubMany];
        var runs = await RunAsync(peers, rounds);

        Print(peers, runs);
        Console.WriteLine("| ours | this | msgs/s ours/this, least | median | ours ahead | server CPU ours/this, median |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (ours, other) in new (IPeer, IPeer)[]
        {
            (single, hubSingle), (single, bare), (mixed, hubSingle), (batched, hubBatched), (many, hubSent), (many, hubMany), (awaited, hubAwaited),
        })
        {
            PrintPair(ours, other, runs);
        }

        Console.WriteLine();
    }

    private static async Task<Dictionary<IPeer, List<ThroughputRun>>> RunAsync(IPeer[] peers, int rounds)
    {
        var messages = new int[peers.Length];
        for (var i = 0; i < peers.Length; i++)
        {
            await peers[i].StartAsync();
            messages[i] = await WarmUpAsync(peers[i]);
        }

        var runs = peers.ToDictionary(peer => peer, _ => new List<ThroughputRun>());
        for (var round = -1; round < rounds; round++)
        {
            // The round before the first does not count. Each run tells how many messages fill the goal in the next.
            // Each round begins with another peer, so that none always follows the same one.
            for (var turn = 0; turn < peers.Length; turn++)
            {
                var i = (round + 1 + turn) % peers.Length;
                var run = await MeasureAsync(peers[i], messages[i]);
                messages[i] = Fill(run);
                if (round >= 0) runs[peers[i]].Add(run);
            }
        }

        return runs;
    }

    // Doubles until a run is long, and then once more: the first long one may have been compiling.
    private static async Task<int> WarmUpAsync(IPeer peer)
    {
        var messages = 32 * Batch;
        for (var longRuns = 0; ;)
        {
            var run = await MeasureAsync(peer, messages);
            var seconds = messages / run.PerSecond;
            if (seconds > Goal.TotalSeconds / 2 && ++longRuns == 2) return Fill(run);
            if (seconds < Goal.TotalSeconds) messages *= 2;
        }
    }

    private static int Fill(ThroughputRun run) => Math.Max(1, (int)(run.PerSecond * Goal.TotalSeconds) / Batch) * Batch;

    private static async Task<ThroughputRun> MeasureAsync(IPeer peer, int messages)
    {
        GC.Collect();
        var server = await peer.Server.ReadUsageAsync();
        var client = ServerUsage.Read();
        var from = TimeProvider.System.GetTimestamp();
        await peer.RunAsync(messages);
        var taken = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        var clientAfter = ServerUsage.Read();
        var serverAfter = await peer.Server.ReadUsageAsync();
        return new(
            messages,
            messages / taken,
            (serverAfter.CpuSeconds - server.CpuSeconds) * 1e6 / messages,
            (clientAfter.CpuSeconds - client.CpuSeconds) * 1e6 / messages,
            (serverAfter.AllocatedBytes - server.AllocatedBytes) / (double)messages,
            (clientAfter.AllocatedBytes - client.AllocatedBytes) / (double)messages);
    }

    private static void Print(IPeer[] peers, Dictionary<IPeer, List<ThroughputRun>> runs)
    {
        Console.WriteLine($"### Publish to delivery ({runs[peers[0]].Count} rounds, medians)\n");
        Console.WriteLine("| | messages per run | msgs/s | server CPU µs/message | clients CPU µs/message | server bytes/message | clients bytes/message |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var peer in peers)
        {
            double Of(Func<ThroughputRun, double> value) => Middle.Of(runs[peer].Select(value));
            Console.WriteLine(
                $"| {peer.Name} | {Of(run => run.Messages):N0} | {Of(run => run.PerSecond):N0} | {Of(run => run.ServerMicroseconds):N2} | {Of(run => run.ClientMicroseconds):N2} | "
                + $"{Of(run => run.ServerBytes):N0} | {Of(run => run.ClientBytes):N0} |");
        }

        Console.WriteLine();
    }

    private static void PrintPair(IPeer ours, IPeer other, Dictionary<IPeer, List<ThroughputRun>> runs)
    {
        var pairs = runs[ours].Zip(runs[other]).ToList();
        var ratios = pairs.Select(pair => pair.First.PerSecond / pair.Second.PerSecond).ToList();
        var cpu = Middle.Of(pairs.Select(pair => pair.First.ServerMicroseconds / pair.Second.ServerMicroseconds));
        Console.WriteLine(
            $"| {ours.Name} | {other.Name} | {ratios.Min():G3} | {Middle.Of(ratios):G3} | {ratios.Count(ratio => ratio > 1)} of {ratios.Count} | {cpu:G3} |");
    }
}
