namespace Promethean.Broker.Testing;

/// <summary>Waits until a flow has nothing left to run: goes round by way of the thread pool until nothing has moved.</summary>
/// <remarks>Each round goes to the end of the pool's queue, so what was queued before it has begun when it comes to be run. It is the end
/// when the flow is still, nothing waits in the pool and no other of its threads is at work: a thread that has taken a work item but
/// not yet entered the flow counts as one. What other flows do cannot be told apart: where the pool does not come to rest, the flow has to
/// stand still for a while, once, and from then on the pool need only be as quiet as it was then.</remarks>
internal sealed class Settling(FlowWatch flow) : IThreadPoolWorkItem
{
    private const int RoundsOfPeace = 2;
    private const int Looks = 30;
    private const int SpinsBetweenLooks = 20;
    private static readonly TimeSpan StillWhileOthersWork = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A fact of the process and its one pool, not of a clock: the fewest threads seen at work while a flow stood still.
    private static int threadsAtRest = 1;

    private readonly TaskCompletionSource _settled = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _lastEntries = -1;
    private int _peaceful;
    private long _stillSince;
    private int _fewestBusy = int.MaxValue;

    public Task RunAsync()
    {
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return _settled.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        var entries = flow.Entries;
        var isStill = flow.Running == 0 && entries == _lastEntries;
        var busy = isStill ? FewestBusyThreads() : int.MaxValue;
        isStill &= flow.Running == 0 && entries == flow.Entries;
        _lastEntries = entries;
        if (!isStill)
        {
            _stillSince = TimeProvider.System.GetTimestamp();
            _fewestBusy = int.MaxValue;
        }

        _fewestBusy = Math.Min(_fewestBusy, busy);
        if (isStill && busy < Volatile.Read(ref threadsAtRest))
        {
            Volatile.Write(ref threadsAtRest, busy);
        }

        _peaceful = isStill && busy <= Volatile.Read(ref threadsAtRest) && ThreadPool.PendingWorkItemCount == 0 ? _peaceful + 1 : 0;
        if (_peaceful >= RoundsOfPeace || Waited(_started, Patience))
        {
            _settled.SetResult();
            return;
        }

        if (isStill && Waited(_stillSince, StillWhileOthersWork))
        {
            // A thread that never rests is not waited for a second time.
            Volatile.Write(ref threadsAtRest, _fewestBusy);
            _settled.SetResult();
            return;
        }

        if (_peaceful == 0)
        {
            // Whoever has work gets the processor before it is looked at again.
            Thread.Yield();
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private static bool Waited(long since, TimeSpan span) => TimeProvider.System.GetElapsedTime(since) > span;

    /// <summary>The fewest threads of the pool that hold a work item within a moment, this one included: the one that ran the round before
    /// this needs that moment to go to rest.</summary>
    private static int FewestBusyThreads()
    {
        var fewest = int.MaxValue;
        ThreadPool.GetMaxThreads(out var most, out _);
        for (var look = 0; look < Looks && fewest > 1; look++)
        {
            ThreadPool.GetAvailableThreads(out var available, out _);
            fewest = Math.Min(fewest, most - available);
            Thread.SpinWait(SpinsBetweenLooks);
        }

        return fewest;
    }
}
