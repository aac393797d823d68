using System.Diagnostics;

namespace Promethean.Broker.Server;

/// <summary>Requests and workers where there is a backplane: every request goes through it, also to workers of this broker.</summary>
/// <remarks>So the backplane alone knows every worker's credit and every request's priority, and gives each request to the least
/// loaded worker of all brokers. What it gives to a worker of this broker goes to that worker and nowhere else: nothing can circle.
/// Every request that has an id ends with exactly one final event.</remarks>
internal sealed class BackplaneWork(BackplaneLink backplane, BrokerServerOptions options, BrokerServerMetrics metrics, TimeProvider time) : IWork
{
    private const int MaxPendingReplies = 4096;
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<(ClientConnection Connection, RelayedWorker Worker)> _workers = [];
    private int _open;
    private bool _draining;

    public bool KnowsEveryModel => false;

    public void Submit(ClientConnection caller, ClientFrame frame)
    {
        var part = caller.Backplane;
        RelayedRequest request;
        lock (part.Gate)
        {
            if (part.IsClosed)
            {
                return;
            }

            if (Check(caller, frame) is { } refusal)
            {
                metrics.RequestEnded(null, refusal.Code.ToWireName(), TimeSpan.Zero);
                if (frame.Id is not null)
                {
                    // The id of a request in flight still belongs to that request.
                    caller.Refuse(part.Requests.ContainsKey(frame.Id) ? default : frame.RawId, refusal);
                }

                return;
            }

            request = new(caller, frame, time.GetTimestamp());
            part.Open.Add(request);
            if (frame.Id is not null)
            {
                part.Requests.Add(frame.Id, request);
            }
        }

        _ = RunAsync(request);
    }

    public void Cancel(ClientConnection caller, string id)
    {
        lock (caller.Backplane.Gate)
        {
            if (caller.Backplane.Requests.TryGetValue(id, out var request))
            {
                Close(request, "cancelled");
                request.Stop();
                caller.Reply(ServerFrames.Cancelled(request.RawCallerId));
                CountDown();
            }
        }
    }

    public void Register(ClientConnection connection, ReadyPayload ready, ReadOnlyMemory<byte> rawId)
    {
        var bytes = ready.Actions.Sum(action => action.Length) + ready.Models.Sum(model => model.Length);
        connection.Backplane.Lane(connection, backplane)?.Add(rawId, bytes, (id, _, token) => RegisterAsync(connection, ready, id, token));
    }

    public Refusal? Respond(ClientConnection connection, RespondPayload response)
    {
        lock (connection.Backplane.Gate)
        {
            if (!connection.Backplane.Tasks.TryGetValue(response.TaskId, out var task))
            {
                return new(BrokerErrorCode.NotFound, $"No task '{response.TaskId}' is assigned to this connection.");
            }

            var answer = WorkerAnswer.Read(response);
            if (!task.IsOver)
            {
                Pass(connection, task, answer);
            }

            if (answer.IsFinal)
            {
                task.Worker.Release(task);
            }

            return answer.Problem;
        }
    }

    public void Resume(ClientConnection connection)
    {
        lock (connection.Backplane.Gate)
        {
            foreach (var worker in connection.Backplane.Workers.Values)
            {
                worker.Feed();
            }
        }
    }

    public void Disconnect(ClientConnection connection)
    {
        var part = connection.Backplane;
        lock (part.Gate)
        {
            part.IsClosed = true;
            foreach (var request in part.Open.ToList())
            {
                Close(request, "abandoned");
                CountDown();
                request.Stop();
            }

            foreach (var worker in part.Workers.Values)
            {
                _ = EndAsync(connection, worker);
            }

            part.Workers.Clear();
        }
    }

    public IReadOnlyList<string> Models() => [];

    public (int Workers, int Queued, int Open) Count()
    {
        lock (_lock)
        {
            return (_workers.Count, _workers.Sum(entry => entry.Worker.Waiting), _open);
        }
    }

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

    private Refusal? Check(ClientConnection caller, ClientFrame frame)
    {
        var part = caller.Backplane;
        var isIdInUse = frame.Id is not null && part.Requests.ContainsKey(frame.Id);
        lock (_lock)
        {
            var refusal = RequestRules.Check(caller, frame, isIdInUse, part.Open.Count, _draining, options);
            _open += refusal is null ? 1 : 0;
            return refusal;
        }
    }

    private async Task RunAsync(RelayedRequest request)
    {
        // The caller's trace goes on, and no other.
        Activity.Current = null;
        using var hop = request.TraceParent is null ? null : new Activity("relay").SetParentId(request.TraceParent).Start();
        using (request)
        {
            try
            {
                var asked = new RequestOptions { Timeout = request.TimeLimit ?? Unlimited, Priority = request.Priority, DisconnectedTimeout = backplane.Patience };
                await foreach (var reply in backplane.Client.RequestStreamAsync(request.Action, request.Payload, asked, request.Stopped).ConfigureAwait(false))
                {
                    Pass(request, reply);
                }

                End(request, new(BrokerErrorCode.Internal, $"The answer to '{request.Action}' ended without a final event."));
            }
            catch (Exception e)
            {
                if (!request.IsOver)
                {
                    backplane.Failed(e);
                    End(request, BackplaneErrors.OfRequest(e, backplane.IsConnected, IsLate(request)));
                }
            }
        }
    }

    private bool IsLate(RelayedRequest request) => request.TimeLimit is { } limit && time.GetElapsedTime(request.Received) >= limit;

    private void Pass(RelayedRequest request, BrokerReply reply)
    {
        lock (request.Caller.Backplane.Gate)
        {
            if (request.IsOver)
            {
                return;
            }

            if (reply.IsFinal)
            {
                Close(request, null);
            }

            if (request.CallerId is not null)
            {
                request.Caller.Reply(BackplaneFrames.Answer(request.RawCallerId, reply));
            }

            if (reply.IsFinal)
            {
                CountDown();
            }
        }
    }

    private void End(RelayedRequest request, Refusal refusal)
    {
        lock (request.Caller.Backplane.Gate)
        {
            if (!request.IsOver)
            {
                Close(request, refusal.Code.ToWireName());
                if (request.CallerId is not null)
                {
                    request.Caller.Refuse(request.RawCallerId, refusal);
                }

                CountDown();
            }
        }
    }

    /// <summary>The caller's side is done with. Under the gate.</summary>
    private void Close(RelayedRequest request, string? error)
    {
        request.IsOver = true;
        var part = request.Caller.Backplane;
        part.Open.Remove(request);
        if (request.CallerId is not null)
        {
            part.Requests.Remove(request.CallerId);
        }

        request.Caller.Tenant.EndRequest();
        // Callers could make up any number of names that nobody serves.
        var isServed = error != BrokerErrorCode.NoResponders.ToWireName();
        metrics.RequestEnded(isServed ? request.Action : null, error, time.GetElapsedTime(request.Received));
    }

    /// <summary>One that was closed has been answered. Last of all: a host that drains ends the connections after the last one.</summary>
    private void CountDown()
    {
        lock (_lock)
        {
            if (--_open == 0 && _draining)
            {
                _idle.TrySetResult();
            }
        }
    }

    private static void Pass(ClientConnection connection, RelayedTask task, WorkerAnswer answer)
    {
        if (answer.Refusal is { } refusal)
        {
            task.Fail(new(refusal.Code, refusal.Message, refusal.RetryAfter));
            return;
        }

        // The body is borrowed from the frame.
        var body = answer.Body.IsEmpty ? "{}"u8.ToArray() : answer.Body.ToArray();
        if (!task.TryAdd(new(answer.Event, JsonPayload.FromTrustedUtf8(body), answer.IsFinal)))
        {
            task.Fail(new(BrokerErrorCode.Overloaded, "The answer came faster than the backplane took it.", TimeSpan.FromSeconds(1)));
            if (!answer.IsFinal)
            {
                connection.Reply(ServerFrames.TaskCancelled(task.Id));
            }
        }
    }

    // A connection's workers change in its lane, and end with it.
    private async Task RegisterAsync(ClientConnection connection, ReadyPayload ready, ReadOnlyMemory<byte> rawId, CancellationToken cancellationToken)
    {
        var part = connection.Backplane;
        var name = ready.Worker ?? "";
        RelayedWorker? worker;
        lock (part.Gate)
        {
            part.Workers.TryGetValue(name, out worker);
            if (worker is null && ready.Actions.Count > 0 && part.Workers.Count + part.Consumers.Count >= options.MaxWorkers)
            {
                connection.Acknowledge(rawId, new(BrokerErrorCode.TooLarge, $"A connection has at most {options.MaxWorkers} workers and consumers."));
                return;
            }

            if (worker?.Offer?.IsFor(ready) == true)
            {
                connection.Acknowledge(rawId, null);
                return;
            }

            if (ready.Actions.Count == 0)
            {
                part.Workers.Remove(name);
            }
        }

        if (worker is not null && ready.Actions.Count == 0)
        {
            await EndAsync(connection, worker).WaitAsync(cancellationToken).ConfigureAwait(false);
            connection.Acknowledge(rawId, null);
            return;
        }

        var offer = await OfferAsync(worker ??= new(connection, name, MaxPendingReplies, time), ready, cancellationToken).ConfigureAwait(false);
        Replace(connection, worker, offer, ready.Credit, rawId);
        offer?.Begin();
    }

    private async Task<WorkerOffer?> OfferAsync(RelayedWorker worker, ReadyPayload ready, CancellationToken cancellationToken)
    {
        if (ready.Actions.Count == 0 || ready.Credit == 0)
        {
            return null;
        }

        var offer = new WorkerOffer(worker, ready, backplane);
        await offer.OpenAsync(cancellationToken).ConfigureAwait(false);
        return offer;
    }

    private void Replace(ClientConnection connection, RelayedWorker worker, WorkerOffer? offer, int credit, ReadOnlyMemory<byte> rawId)
    {
        var part = connection.Backplane;
        lock (part.Gate)
        {
            if (part.IsClosed)
            {
                _ = offer?.EndAsync();
                return;
            }

            part.Workers[worker.Name] = worker;
            lock (_lock)
            {
                _workers.Add((connection, worker));
            }

            _ = worker.Offer?.EndWhenIdleAsync();
            worker.Offer = offer;
            connection.Acknowledge(rawId, null);
            worker.SetCredit(credit);
        }
    }

    private async Task EndAsync(ClientConnection connection, RelayedWorker worker)
    {
        WorkerOffer? offer;
        lock (connection.Backplane.Gate)
        {
            worker.TakeNoMore();
            offer = worker.Offer;
        }

        lock (_lock)
        {
            _workers.Remove((connection, worker));
        }

        await (offer?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        lock (connection.Backplane.Gate)
        {
            worker.Fail();
        }
    }
}
