using System.Security.Cryptography;

namespace Promethean.Broker.Server;

/// <summary>Brings requests to workers and their answers back. Every request that has an id ends with exactly one final event.</summary>
/// <remarks>One lock guards all of it; under the lock frames are only queued, which never blocks. A task leaves its worker's
/// credit when the worker ends it, not when the caller stops waiting: only the worker knows when it has room again.</remarks>
internal sealed class WorkDispatcher(BrokerServerOptions options, BrokerServerMetrics metrics, TimeProvider time) : IWork
{
    private readonly WaitingRequests _waiting = new(options, metrics);
    private readonly Lock _lock = new();
    private readonly ActionTable _actions = new();
    private readonly string _idPrefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSequence;
    private int _open;
    private bool _draining;

    public bool KnowsEveryModel => true;

    /// <summary>Takes a request: to a worker that has room, or to wait for one.</summary>
    public void Submit(ClientConnection caller, ClientFrame frame)
    {
        lock (_lock)
        {
            if (caller.Work.IsClosed)
            {
                return;
            }

            var refusal = Check(caller, frame, out var action);
            if (refusal is not null)
            {
                metrics.RequestEnded(action is null ? null : frame.Action, refusal.Code.ToWireName(), TimeSpan.Zero);
                Refuse(caller, frame, refusal);
                return;
            }

            var sequence = ++_lastSequence;
            var task = new WorkTask(sequence, $"{_idPrefix}-{sequence:x}", caller, frame, time.GetTimestamp());
            Open(task);
            if (action!.FreeWorker() is { } worker)
            {
                Assign(task, worker);
                return;
            }

            if (_waiting.Full(task, action) is { } full)
            {
                End(task, new(BrokerErrorCode.Overloaded, full, action.RetryAfter()));
                return;
            }

            action.Add(task);
            _waiting.Add(task);
        }
    }

    /// <summary>Ends a request for its caller at once, whatever its worker does; an unknown id is ignored.</summary>
    public void Cancel(ClientConnection caller, string id)
    {
        lock (_lock)
        {
            if (caller.Work.Requests.TryGetValue(id, out var task))
            {
                Withdraw(task);
                Close(task, "cancelled");
                caller.Reply(ServerFrames.Cancelled(task.RawCallerId));
                CountDown();
            }
        }
    }

    /// <summary>Registers a worker, changes it, or, without actions, ends it; acknowledges before it assigns.</summary>
    public void Register(ClientConnection connection, ReadyPayload ready, ReadOnlyMemory<byte> rawId)
    {
        lock (_lock)
        {
            var name = ready.Worker ?? "";
            var workers = connection.Work.Workers;
            if (connection.Work.IsClosed)
            {
                return;
            }

            workers.TryGetValue(name, out var worker);
            // A connection's frames are taken one at a time, so nobody else adds consumers to it now.
            if (worker is null && ready.Actions.Count > 0 && workers.Count + connection.Queues.Consumers.Count >= options.MaxWorkers)
            {
                connection.Acknowledge(rawId, new(BrokerErrorCode.TooLarge, $"A connection has at most {options.MaxWorkers} workers and consumers."));
                return;
            }

            if (worker is not null && ready.Actions.Count == 0)
            {
                workers.Remove(name);
                Retire(worker);
            }

            connection.Acknowledge(rawId, null);
            if (ready.Actions.Count > 0)
            {
                worker ??= workers[name] = new(connection, name);
                worker.Credit = ready.Credit;
                Serve(worker, [.. ready.Actions.Distinct()], ready.Models);
                Feed(worker);
            }
        }
    }

    /// <summary>Passes a worker's event on to the caller; a final one gives the worker its credit back.</summary>
    public Refusal? Respond(ClientConnection connection, RespondPayload response)
    {
        lock (_lock)
        {
            if (connection.Work.FindTask(response.TaskId) is not { } task)
            {
                return new(BrokerErrorCode.NotFound, $"No task '{response.TaskId}' is assigned to this connection.");
            }

            var answer = WorkerAnswer.Read(response);
            if (!task.IsOver)
            {
                Pass(task, answer);
            }

            if (answer.IsFinal)
            {
                Release(task);
            }

            return answer.Problem;
        }
    }

    /// <summary>A connection that was away is back.</summary>
    public void Resume(ClientConnection connection)
    {
        lock (_lock)
        {
            foreach (var worker in connection.Work.Workers.Values)
            {
                Feed(worker);
            }
        }
    }

    /// <summary>Forgets a connection: what it asked for is withdrawn, what it worked on fails.</summary>
    public void Disconnect(ClientConnection connection)
    {
        lock (_lock)
        {
            var work = connection.Work;
            work.IsClosed = true;
            foreach (var task in work.Requests.Values.Concat(work.Unanswered).ToList())
            {
                Withdraw(task);
                Close(task, "abandoned");
                CountDown();
            }

            foreach (var worker in work.Workers.Values)
            {
                Retire(worker);
            }

            work.Workers.Clear();
        }
    }

    /// <summary>The ids of the models behind the workers, in order.</summary>
    public IReadOnlyList<string> Models()
    {
        if (_actions.KnownModels is { } known)
        {
            return known;
        }

        lock (_lock)
        {
            return _actions.Models;
        }
    }

    /// <summary>Workers registered, requests waiting and requests not yet answered.</summary>
    public (int Workers, int Queued, int Open) Count()
    {
        lock (_lock)
        {
            return (_actions.Workers.Count(), _actions.Waiting, _open);
        }
    }

    /// <summary>Takes no more requests; completes when those taken have ended.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            _draining = true;
            if (_open == 0)
            {
                _idle.TrySetResult();
            }

            return _idle.Task;
        }
    }

    private static void Refuse(ClientConnection caller, ClientFrame frame, Refusal refusal)
    {
        // The id of a request in flight still belongs to that request.
        var isDuplicate = frame.Id is not null && caller.Work.Requests.ContainsKey(frame.Id);
        if (frame.Id is not null)
        {
            caller.Refuse(isDuplicate ? default : frame.RawId, refusal);
        }
    }

    private Refusal? Check(ClientConnection caller, ClientFrame frame, out ActionQueue? action)
    {
        action = _actions.Find(frame.Action);
        var isIdInUse = frame.Id is not null && caller.Work.Requests.ContainsKey(frame.Id);
        var refusal = RequestRules.Check(caller, frame, isIdInUse, caller.Work.InFlight, _draining, options);
        if (refusal is null && action is null)
        {
            caller.Tenant.EndRequest();
            return new(BrokerErrorCode.NoResponders, $"No worker serves '{frame.Action}' now.");
        }

        return refusal;
    }

    private void Open(WorkTask task)
    {
        _open++;
        if (task.CallerId is null)
        {
            task.Caller.Work.Unanswered.Add(task);
        }
        else
        {
            task.Caller.Work.Requests.Add(task.CallerId, task);
        }

        if (task.TimeLimit is { } limit)
        {
            task.DeadlineTimer = time.CreateTimer(_ => Expire(task), null, limit, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire(WorkTask task)
    {
        lock (_lock)
        {
            if (!task.IsOver)
            {
                Withdraw(task);
                End(task, new(BrokerErrorCode.Timeout, $"'{task.Action}' was not answered within {task.TimeLimit!.Value.TotalMilliseconds} ms."));
            }
        }
    }

    private TimeSpan? TimeLeft(WorkTask task) => task.TimeLimit - time.GetElapsedTime(task.Received);

    private void Assign(WorkTask task, WorkerRegistration worker)
    {
        task.Worker = worker;
        task.Assigned = time.GetTimestamp();
        worker.Tasks.Add(task.Id, task);
        worker.LastAssigned = ++_lastSequence;
        var left = TimeLeft(task);
        worker.Connection.Reply(ServerFrames.TaskAssigned(task, left < TimeSpan.Zero ? TimeSpan.Zero : left, worker.Name.Length == 0 ? null : worker.Name));
        task.DropPayload();
    }

    /// <summary>Gives a worker tasks while it has room, the most urgent of its actions first.</summary>
    private void Feed(WorkerRegistration worker)
    {
        while (worker.IsFree && _actions.Next(worker) is { } next)
        {
            Dequeue(next);
            if (TimeLeft(next) <= TimeSpan.Zero)
            {
                End(next, new(BrokerErrorCode.Timeout, $"The deadline passed before a worker for '{next.Action}' had room."));
            }
            else
            {
                Assign(next, worker);
            }
        }
    }

    private void Pass(WorkTask task, WorkerAnswer answer)
    {
        if (answer.Refusal is not null)
        {
            End(task, answer.Refusal);
            return;
        }

        if (answer.IsFinal)
        {
            Close(task, null);
        }

        if (task.CallerId is not null)
        {
            task.Caller.Reply(ServerFrames.Answer(task.RawCallerId, answer.Event, answer.IsFinal, answer.Body.Span));
        }

        if (answer.IsFinal)
        {
            CountDown();
        }
    }

    private void End(WorkTask task, Refusal refusal)
    {
        Close(task, refusal.Code.ToWireName());
        if (task.CallerId is not null)
        {
            task.Caller.Refuse(task.RawCallerId, refusal);
        }

        CountDown();
    }

    /// <summary>The caller's side is done with.</summary>
    private void Close(WorkTask task, string? error)
    {
        task.IsOver = true;
        task.DeadlineTimer?.Dispose();
        task.Caller.Tenant.EndRequest();
        task.Caller.Work.Unanswered.Remove(task);
        if (task.CallerId is not null)
        {
            task.Caller.Work.Requests.Remove(task.CallerId);
        }

        metrics.RequestEnded(task.Action, error, time.GetElapsedTime(task.Received));
    }

    /// <summary>One that was closed has been answered. Last of all: a host that drains ends the connections after the last one.</summary>
    private void CountDown()
    {
        if (--_open == 0 && _draining)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Nobody waits any more: out of the queue, or word to the worker.</summary>
    private void Withdraw(WorkTask task)
    {
        if (task.Worker is { } worker)
        {
            worker.Connection.Reply(ServerFrames.TaskCancelled(task.Id));
        }
        else
        {
            Dequeue(task);
        }
    }

    private void Dequeue(WorkTask task)
    {
        if (_actions.Find(task.Action)?.Remove(task) == true)
        {
            _waiting.Remove(task);
        }
    }

    /// <summary>The worker's side is done with.</summary>
    private void Release(WorkTask task)
    {
        var worker = task.Worker!;
        worker.Tasks.Remove(task.Id);
        _actions.Find(task.Action)?.Learn(time.GetElapsedTime(task.Assigned));
        Feed(worker);
    }

    private void Serve(WorkerRegistration worker, IReadOnlyCollection<string> actions, IReadOnlyCollection<string> models)
    {
        foreach (var task in _actions.Serve(worker, actions, models))
        {
            _waiting.Remove(task);
            End(task, new(BrokerErrorCode.NoResponders, $"The last worker for '{task.Action}' left."));
        }
    }

    private void Retire(WorkerRegistration worker)
    {
        Serve(worker, [], []);
        foreach (var task in worker.Tasks.Values.Where(task => !task.IsOver))
        {
            End(task, new(BrokerErrorCode.Internal, $"The worker that served '{task.Action}' left; the request may have had effects.", TimeSpan.Zero));
        }

        worker.Tasks.Clear();
    }
}
