namespace Promethean.Mongo.Embedded.Bench;

/// <summary>Measures one operation against all servers in rounds; each begins with another server, so that none always follows the same one.</summary>
internal static class Rounds
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(0.5);

    /// <summary>The runs of each server, in order of rounds.</summary>
    public static async Task<Dictionary<Peer, List<OperationRun>>> RunAsync(Peer[] peers, Operation operation, int rounds)
    {
        var times = new int[peers.Length];
        for (var i = 0; i < peers.Length; i++) times[i] = await WarmUpAsync(peers[i], operation);
        var runs = peers.ToDictionary(peer => peer, _ => new List<OperationRun>());
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < peers.Length; turn++)
            {
                var i = (round + turn) % peers.Length;
                runs[peers[i]].Add(await peers[i].MeasureAsync(operation, times[i]));
            }
        }

        return runs;
    }

    public static double Middling(List<OperationRun> runs, Func<OperationRun, double> value) => Middle.Of(runs.Select(value));

    /// <summary>How many times as many per second as the other did in the same round.</summary>
    public static IReadOnlyList<double> Ratios(List<OperationRun> runs, List<OperationRun> others) =>
        [.. runs.Zip(others, (run, other) => run.PerSecond / other.PerSecond)];

    // Doubles until a run is long, and then twice more: the first long ones may have been compiling.
    private static async Task<int> WarmUpAsync(Peer peer, Operation operation)
    {
        var times = 8 * operation.InFlight;
        for (var longRuns = 0; ;)
        {
            var run = await peer.MeasureAsync(operation, times);
            var seconds = times / run.PerSecond;
            if (seconds > Goal.TotalSeconds / 2 && ++longRuns == 3) return Math.Max(1, (int)(run.PerSecond * Goal.TotalSeconds));
            if (seconds < Goal.TotalSeconds) times *= 2;
        }
    }
}
