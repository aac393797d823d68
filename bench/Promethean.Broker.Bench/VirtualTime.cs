using Promethean.Broker.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Bench;

/// <summary>An hour of virtual time with 10,000 timers in it, waited for by as many tasks.</summary>
internal static class VirtualTime
{
    private const int Timers = 10_000;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(1);

    private static readonly Func<VirtualTimeline>[] Clocks =
    [
        Fake,
        () =>
        {
            var clock = new VirtualClock();
            return new(nameof(VirtualClock), clock, by => clock.AdvanceAsync(by));
        },
    ];

    public static async Task CompareAsync(int rounds)
    {
        (string Name, TimeSpan Step)[] ways = [("in one step", Hour), ("second by second", TimeSpan.FromSeconds(1))];
        var rows = ways.SelectMany(way => Clocks.Select(clock => (Way: way, Clock: clock, Runs: new List<VirtualTimeRun>()))).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                var run = await MeasureAsync(row.Clock(), row.Way.Step);
                if (round >= 0) row.Runs.Add(run);
            }
        }

        Console.WriteLine($"### An hour of virtual time with {Timers:N0} one-shot timers, ms, median ({rounds} rounds)\n");
        Console.WriteLine("| clock | advanced | timers made | hour advanced, all tasks resumed | resumed at their own moment |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (way, clock, runs) in rows)
        {
            Console.WriteLine($"| {clock().Name} | {way.Name} | {Middle.Of(runs.Select(run => run.Made)) / 1000:N1} | {Middle.Of(runs.Select(run => run.Advanced)) / 1000:N1} | {Middle.Of(runs.Select(run => (double)run.Punctual)):N0} |");
        }

        Console.WriteLine();
    }

    private static VirtualTimeline Fake()
    {
        var time = new FakeTimeProvider();
        return new(nameof(FakeTimeProvider), time, by =>
        {
            time.Advance(by);
            return default;
        });
    }

    private static async Task<VirtualTimeRun> MeasureAsync(VirtualTimeline clock, TimeSpan step)
    {
        GC.Collect();
        var random = new Random(4711);
        // Whole milliseconds, in no order, one timer to each 360.
        var dues = Enumerable.Range(1, Timers).Select(i => TimeSpan.FromMilliseconds(i * 360)).ToArray();
        random.Shuffle(dues);
        var start = clock.Time.GetUtcNow();

        var from = TimeProvider.System.GetTimestamp();
        var waiting = dues.Select(due => WaitAsync(clock.Time, due, start + due)).ToArray();
        var made = Since.Microseconds(from);

        from = TimeProvider.System.GetTimestamp();
        for (var at = TimeSpan.Zero; at < Hour; at += step) await clock.AdvanceAsync(step);
        var punctual = await Task.WhenAll(waiting).WaitAsync(Guard, TimeProvider.System);
        return new(made, Since.Microseconds(from), punctual.Count(was => was));
    }

    private static async Task<bool> WaitAsync(TimeProvider time, TimeSpan due, DateTimeOffset moment)
    {
        await Task.Delay(due, time);
        return time.GetUtcNow() == moment;
    }
}
