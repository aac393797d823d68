using System.Collections.Concurrent;
using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>Calls and their lateness, beside a timer of the same process that says how far the machine itself is behind.</summary>
internal sealed class Measured
{
    /// <summary>By when, after its deadline, a caller has an answer or an error.</summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(100);

    // A timer that is later than this shows a machine on which nothing can be measured so finely.
    private static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentBag<Call> _calls = [];

    public IReadOnlyCollection<Call> Calls => _calls;

    public int Answered => _calls.Count(call => call.Error is null);

    /// <summary>Makes a call and notes when it ended, in whatever way.</summary>
    public Task<bool> MakeAsync(TimeSpan deadline, Func<Task> call) => Task.Run(async () =>
    {
        var started = TimeProvider.System.GetTimestamp();
        var control = ControlAsync(started, deadline);
        BrokerErrorCode? error = null;
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            error = e.Code;
        }

        var late = TimeProvider.System.GetElapsedTime(started) - deadline;
        // Only a call that used up its deadline is compared with the timer.
        _calls.Add(new(deadline, late, late > TimeSpan.Zero ? await control.ConfigureAwait(false) : TimeSpan.Zero, error));
        return error is null;
    });

    public void ShouldHaveEndedInTime()
    {
        foreach (var call in _calls)
        {
            var excused = call.ControlLate > Trusted ? call.ControlLate : TimeSpan.Zero;
            call.Late.Should().BeLessThanOrEqualTo(
                Allowed + excused,
                $"a caller has an answer or an error by its deadline ({call.Deadline}) + {Allowed}; a plain timer was {call.ControlLate} late, of which {excused} is excused");
        }
    }

    public override string ToString()
    {
        var outcomes = _calls.GroupBy(call => call.Error?.ToString() ?? "answered").OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}");
        var worst = _calls.MaxBy(call => call.Late);
        return worst is null ? "no calls" : $"{string.Join(", ", outcomes)}; latest {worst.Late.TotalMilliseconds:0} ms after its deadline (plain timer {worst.ControlLate.TotalMilliseconds:0} ms)";
    }

    private static async Task<TimeSpan> ControlAsync(long started, TimeSpan deadline)
    {
        await Task.Delay(deadline, TimeProvider.System).ConfigureAwait(false);
        return TimeProvider.System.GetElapsedTime(started) - deadline;
    }

    internal sealed record Call(TimeSpan Deadline, TimeSpan Late, TimeSpan ControlLate, BrokerErrorCode? Error);
}
