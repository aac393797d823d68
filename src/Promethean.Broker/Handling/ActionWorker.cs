using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker;

/// <summary>A worker's handler and the tasks it runs.</summary>
internal sealed class ActionWorker(
    string name,
    IReadOnlyCollection<string> actions,
    BrokerActionHandler handler,
    ServeOptions options,
    Func<ActionWorker, Task> end,
    TimeProvider time,
    ILogger logger) : IBrokerWorker
{
    private readonly ConcurrentDictionary<string, TaskEnd> _ends = new();
    private readonly ConcurrentDictionary<string, Task> _tasks = new();
    private readonly SemaphoreSlim _slots = new(options.Concurrency);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _active;

    /// <summary>Tells this worker from others of the same connection.</summary>
    public string Name => name;

    public IReadOnlyCollection<string> Actions => actions;

    public ServeOptions Options => options;

    public int Active => Volatile.Read(ref _active);

    public Task Completion => _completion.Task;

    /// <summary>Starts a task off the receive loop.</summary>
    public void Take(TaskAssignment task, ITaskAnswer answer)
    {
        var taskEnd = new TaskEnd(task.TimeLeft, time, _stop.Token, answer.Closed);
        _ends[task.Id] = taskEnd;
        var deadline = task.TimeLeft is { } left ? time.GetUtcNow() + left : (DateTimeOffset?)null;
        // The entry stands before the task can end and take it out.
        var started = new TaskCompletionSource();
        _tasks[task.Id] = RunAsync(started.Task, answer, new(task, deadline), taskEnd);
        started.SetResult();
    }

    /// <summary>Ends a task's token, where it is this worker's.</summary>
    public bool Cancel(string taskId)
    {
        if (!_ends.TryGetValue(taskId, out var taskEnd))
        {
            return false;
        }

        // Off the receive loop: what the handler hung on its token runs in there.
        _ = Task.Run(taskEnd.CancelAsync);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await end(this).ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
        if (!CurrentHandler.IsOf(this))
        {
            await Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Cancels what runs, without telling the broker and without waiting.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _ = Task.WhenAll(_tasks.Values).ContinueWith(
            _ => _completion.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task RunAsync(Task started, ITaskAnswer answer, HandedTask task, TaskEnd taskEnd)
    {
        await started.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CurrentHandler.BelongsTo(this);
        // A request belongs to its caller's trace, or to none; never to that of whoever offered to serve.
        Activity.Current = null;
        var operation = BrokerTelemetry.StartServe(task.Action, task.TraceParent, time);
        try
        {
            var (last, error) = await ServeAsync(answer, task, operation, taskEnd).ConfigureAwait(false);
            if (last is not null)
            {
                await answer.ReplyAsync(last, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await answer.FailAsync(error!, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (BrokerException e) when (e.Code == BrokerErrorCode.TooLarge)
        {
            operation?.Fail(e);
            await FailAsync(answer, task.Id, e).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            HandlerLog.AnswerLost(logger, task.Id, e);
        }
        finally
        {
            // Measured before the worker can count as done.
            operation?.Dispose();
            _ends.TryRemove(task.Id, out _);
            taskEnd.Dispose();
            _tasks.TryRemove(task.Id, out _);
        }
    }

    private async Task FailAsync(ITaskAnswer answer, string taskId, BrokerException error)
    {
        try
        {
            await answer.FailAsync(error, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            HandlerLog.AnswerLost(logger, taskId, e);
        }
    }

    /// <summary>Runs the handler in one of the slots, passes its events on, and gives what ends the answer: the final event or an error.</summary>
    private async Task<(BrokerReply? Last, BrokerException? Error)> ServeAsync(
        ITaskAnswer answer, HandedTask task, BrokerOperation? operation, TaskEnd taskEnd)
    {
        var cancellationToken = taskEnd.Token;
        // The broker's credit keeps the slots; tasks of a lost connection that have not ended yet may still hold some.
        var entered = false;
        try
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            entered = true;
            Interlocked.Increment(ref _active);
            return (await HandleAsync(answer, task, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The worker's timer may be ahead of the caller's, who is to hear the same of a deadline from either.
            var ended = taskEnd.IsLate
                ? new BrokerException(BrokerErrorCode.Timeout, $"'{task.Action}' was not served before its deadline.")
                : new BrokerException(BrokerErrorCode.Cancelled, "The task was cancelled.");
            operation?.Fail(ended);
            return (null, ended);
        }
        catch (BrokerException e)
        {
            operation?.Fail(e);
            return (null, e);
        }
        catch (Exception e)
        {
            BrokerTelemetry.CountHandlerError();
            operation?.Fail(e);
            HandlerLog.TaskFailed(logger, task.Action, task.Id, e);
            return (null, new(BrokerErrorCode.Internal, $"The worker failed to serve '{task.Action}'."));
        }
        finally
        {
            if (entered)
            {
                Interlocked.Decrement(ref _active);
                _slots.Release();
            }
        }
    }

    private async Task<BrokerReply> HandleAsync(ITaskAnswer answer, HandedTask task, CancellationToken cancellationToken)
    {
        await foreach (var reply in handler(task.Take(), cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (reply.Body.Utf8.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            {
                throw new BrokerException(BrokerErrorCode.Internal, $"The body of '{reply.Event}' is not a JSON object.");
            }

            if (reply.IsFinal)
            {
                return reply;
            }

            await answer.ReplyAsync(reply, cancellationToken).ConfigureAwait(false);
        }

        throw new BrokerException(BrokerErrorCode.Internal, $"The worker's answer to '{task.Action}' ended without a final event.");
    }
}
