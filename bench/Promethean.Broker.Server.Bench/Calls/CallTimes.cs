using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Calls;

/// <summary>How long a call takes while a stated number of them is in flight; each that ends makes room for the next.</summary>
internal static class CallTimes
{
    private const int CallsEach = 10_000;

    public static async Task CompareAsync(int rounds)
    {
        await using var broker = await ServerProcess.StartAsync(BenchServer.Broker);
        await using var signalR = await ServerProcess.StartAsync(BenchServer.SignalR);
        foreach (var inFlight in (int[])[1, 64])
        {
            await using var ours = new BrokerCaller(broker, inFlight);
            await using var asked = new HubCaller("SignalR, the hub asks a worker", signalR, "AskWorker");
            await using var answered = new HubCaller("SignalR, the hub answers", signalR, "Answer");
            ICaller[] callers = [ours, asked, answered];
            var calls = inFlight == 1 ? CallsEach / 4 : CallsEach;
            var runs = callers.ToDictionary(caller => caller, _ => new List<CallRun>());
            foreach (var caller in callers)
            {
                await caller.StartAsync();
                await MeasureAsync(caller, inFlight, CallsEach);
            }

            for (var round = 0; round < rounds; round++)
            {
                for (var turn = 0; turn < callers.Length; turn++)
                {
                    var caller = callers[(round + turn) % callers.Length];
                    runs[caller].Add(await MeasureAsync(caller, inFlight, calls));
                }
            }

            Print(callers, runs, inFlight, calls);
        }
    }

    private static async Task<CallRun> MeasureAsync(ICaller caller, int inFlight, int calls)
    {
        GC.Collect();
        var times = new double[calls];
        var next = -1;
        var server = await caller.Server.ReadUsageAsync();
        var client = ServerUsage.Read();
        var from = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < calls)
            {
                var asked = TimeProvider.System.GetTimestamp();
                await caller.AskAsync(Note.Sample);
                times[i] = TimeProvider.System.GetElapsedTime(asked).TotalMicroseconds;
            }
        })));
        var taken = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        var clientAfter = ServerUsage.Read();
        var used = (await caller.Server.ReadUsageAsync()).CpuSeconds - server.CpuSeconds;
        Array.Sort(times);
        return new(
            calls / taken,
            times[calls / 2],
            times[calls * 99 / 100],
            times[^1],
            used * 1e6 / calls,
            (clientAfter.CpuSeconds - client.CpuSeconds) * 1e6 / calls,
            (clientAfter.AllocatedBytes - client.AllocatedBytes) / (double)calls);
    }

    private static void Print(ICaller[] callers, Dictionary<ICaller, List<CallRun>> runs, int inFlight, int calls)
    {
        var ours = runs[callers[0]];
        Console.WriteLine($"### Calls, {inFlight} in flight ({ours.Count} rounds of {calls:N0} calls, medians)\n");
        Console.WriteLine("| | calls/s | p50 µs | p99 µs | max µs | server CPU µs/call | clients CPU µs/call | clients bytes/call | p50 this/ours, median | ours faster at p50 | at p99 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var caller in callers)
        {
            double Of(Func<CallRun, double> value) => Middle.Of(runs[caller].Select(value));
            var pairs = ours.Zip(runs[caller]).ToList();
            var comparison = caller == callers[0]
                ? "| | |"
                : $"{Middle.Of(pairs.Select(pair => pair.Second.Half / pair.First.Half)):G3} | "
                    + $"{pairs.Count(pair => pair.First.Half < pair.Second.Half)} of {pairs.Count} | "
                    + $"{pairs.Count(pair => pair.First.NinetyNine < pair.Second.NinetyNine)} of {pairs.Count} |";
            Console.WriteLine(
                $"| {caller.Name} | {Of(run => run.PerSecond):N0} | {Of(run => run.Half):N0} | {Of(run => run.NinetyNine):N0} | {Of(run => run.Longest):N0} | "
                + $"{Of(run => run.ServerMicroseconds):N1} | {Of(run => run.ClientMicroseconds):N1} | {Of(run => run.ClientBytes):N0} | {comparison}");
        }

        Console.WriteLine();
    }
}
