using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>A consumer's handler and the tasks in its hands.</summary>
internal sealed class QueueConsumer(
    string name,
    string queue,
    Func<IQueueDelivery, CancellationToken, ValueTask> handler,
    ConsumeOptions options,
    Func<QueueConsumer, Task> end,
    TimeProvider time,
    ILogger logger) : IQueueConsumer
{
    private static readonly NackOptions Disposal = new() { Reason = "the consumer was disposed" };

    private readonly ConcurrentDictionary<IQueueDelivery, Task> _running = new();
    private readonly SemaphoreSlim _slots = new(options.Credit);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _endLock = new();
    private Task? _ended;
    private int _active;

    /// <summary>Tells this consumer from others of the same connection.</summary>
    public string Name => name;

    public string Queue => queue;

    public ConsumeOptions Options => options;

    public int Active => Volatile.Read(ref _active);

    public Task Completion => _completion.Task;

    /// <summary>Whether it takes no more, so that a new connection need not know it.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_endLock)
            {
                return _ended is not null;
            }
        }
    }

    /// <summary>Starts a task off the receive loop.</summary>
    /// <param name="delivery">The task, and how it is settled.</param>
    /// <param name="lost">Ends when the broker has the task back without its having been settled.</param>
    public void Take(IQueueDelivery delivery, CancellationToken lost)
    {
        // The entry stands before the task can end and take it out.
        var started = new TaskCompletionSource();
        _running[delivery] = RunAsync(started.Task, delivery, lost);
        started.SetResult();
    }

    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        await EndAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        CompleteWhenIdle();
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First the end of the registration: what is given back must not come here again.
        await EndAsync().ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Ends the tokens of what runs, without telling the broker and without waiting.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        CompleteWhenIdle();
    }

    private Task EndAsync()
    {
        lock (_endLock)
        {
            return _ended ??= end(this);
        }
    }

    // Nothing is taken any more: the broker's acknowledgement came after whatever it had assigned.
    private void CompleteWhenIdle() => _ = Task.WhenAll(_running.Values).ContinueWith(
        _ => _completion.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task RunAsync(Task started, IQueueDelivery delivery, CancellationToken lost)
    {
        await started.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CurrentHandler.BelongsTo(this);
        using var lease = new CancellationTokenSource(options.Lease, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lost, lease.Token);
        var operation = BrokerTelemetry.StartProcess(delivery.Task, time);
        try
        {
            if (await TryHandleAsync(delivery, operation, either.Token).ConfigureAwait(false) is (true, var giveBack))
            {
                await SettleAsync(delivery, giveBack).ConfigureAwait(false);
            }
        }
        finally
        {
            operation?.Dispose();
            _running.TryRemove(delivery, out _);
        }
    }

    /// <summary>Has the handler run; whether the task is still to be settled, and how it goes back where it is not done.</summary>
    private async Task<(bool IsOurs, NackOptions? GiveBack)> TryHandleAsync(IQueueDelivery delivery, BrokerOperation? operation, CancellationToken cancellationToken)
    {
        try
        {
            await HandleInSlotAsync(delivery, cancellationToken).ConfigureAwait(false);
            return (true, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Where the lease or the connection is over, the broker has the task back already.
            return (_stop.IsCancellationRequested, Disposal);
        }
        catch (Exception e)
        {
            var task = delivery.Task;
            BrokerTelemetry.CountHandlerError();
            operation?.Fail(e);
            HandlerLog.DeliveryFailed(logger, queue, task.Id, task.Attempts, e);
            return (true, new() { Delay = options.RetryDelayAfter(task.Attempts), Reason = $"{e.GetType().Name}: {e.Message}" });
        }
    }

    private async Task HandleInSlotAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        // The broker's credit keeps the slots; tasks whose lease or connection is over may still hold some.
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _active);
        try
        {
            await handler(delivery, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            _slots.Release();
        }
    }

    /// <summary>Settles what the handler has not, by a return or, without one, as done. Where that fails, the handler is not to blame,
    /// and the lease brings the task back.</summary>
    private async Task SettleAsync(IQueueDelivery delivery, NackOptions? giveBack)
    {
        try
        {
            if (giveBack is null)
            {
                await delivery.AckAsync().ConfigureAwait(false);
            }
            else
            {
                await delivery.NackAsync(giveBack).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            HandlerLog.SettlementLost(logger, queue, delivery.Task.Id, e);
        }
    }
}
