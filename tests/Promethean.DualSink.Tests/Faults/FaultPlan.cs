using System.Collections.Concurrent;

namespace Promethean.DualSink.Tests;

/// <summary>Decides, before and after each call to a store, whether it fails there; and remembers the calls.</summary>
internal sealed class FaultPlan
{
    private readonly ConcurrentQueue<string> _calls = new();
    private int _steps;
    private volatile bool _dead;

    /// <summary>The step after which the process is dead, counting before and after each call from 1; 0 never.</summary>
    public int CrashAt { get; init; }

    /// <summary>Throws where a call should fail; is given "before" or "after" and the call's name.</summary>
    public Action<string, string> Fail { get; init; } = (_, _) => { };

    public bool Crashed => _dead;

    /// <summary>The calls that were made, in their order.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    public async Task<T> RunAsync<T>(string call, Func<Task<T>> work)
    {
        Step("before", call);
        _calls.Enqueue(call);
        var result = await work();
        Step("after", call);
        return result;
    }

    public Task RunAsync(string call, Func<Task> work) => RunAsync<object?>(
        call,
        async () =>
        {
            await work();
            return null;
        });

    private void Step(string when, string call)
    {
        if (_dead || Interlocked.Increment(ref _steps) == CrashAt)
        {
            _dead = true;
            throw new SimulatedCrashException($"The process ended {when} {call}.");
        }

        Fail(when, call);
    }
}
