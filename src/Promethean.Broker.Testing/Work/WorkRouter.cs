using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>Gives each request to a worker of its action: the higher priority first, then the older; to the least busy worker.</summary>
/// <remarks>A request waits only while every worker of its action is busy: a slot that frees, a worker that registers and a client
/// that comes back take from the queue themselves.</remarks>
internal sealed class WorkRouter(Lock gate, Journal journal, TimeProvider time, FaultyNetwork network, WorkSignal signal, InMemoryBrokerOptions options)
{
    private readonly List<MemoryWorker> _workers = [];

    // Those that take requests, and those that took some and have not ended.
    private readonly HashSet<MemoryWorker> _working = [];
    private readonly List<MemoryRequest> _queue = [];
    private readonly HashSet<MemoryRequest> _open = [];
    private long _requests;
    private long _assignments;

    public Lock Gate => gate;

    public Journal Journal => journal;

    public TimeProvider Time => time;

    public InMemoryBrokerOptions Options => options;

    public FaultyNetwork Network => network;

    public WorkSignal Signal => signal;

    /// <summary>Requests without their end, and handlers at work for nobody any more. Under the gate.</summary>
    public int Pending => _open.Count + _working.Sum(worker => worker.LoadForNobody);

    /// <summary>Who waits or works, one line each. Under the gate.</summary>
    public IEnumerable<string> Describe() =>
        _open.Select(request => $"request {request.Id} of {request.Client.Name} for '{request.Action}': {(request.Worker is null ? "waiting for a worker" : $"with a worker of {request.Worker.Client.Name}")}");

    /// <summary>Accepts a request, or refuses it where no worker serves its action or too many wait.</summary>
    public MemoryRequest Submit(InMemoryBrokerClient client, string action, JsonPayload payload, RequestOptions? how)
    {
        MemoryRequest request;
        MemoryWorker? worker;
        lock (gate)
        {
            client.ThrowIfDisposed();
            var id = string.Create(CultureInfo.InvariantCulture, $"t{++_requests}");
            request = new(this, client, id, action, payload, how);
            network.ThrowIfRefused(request.About);
            journal.Record(BrokerLogKind.Requested, action, id, client: client.Name, message: request.About);
            worker = Free(action);
            if (worker is null && WhyRefused(action) is { } refusal)
            {
                journal.Record(BrokerLogKind.Failed, action, id, refusal, client.Name);
                request.Dispose();
                throw refusal;
            }

            _open.Add(request);
            if (worker is null)
            {
                Enqueue(request);
            }
            else
            {
                Assign(worker, request);
            }
        }

        request.StartDeadline();
        if (worker is not null)
        {
            Dispatch(worker, request);
        }

        return request;
    }

    public void Add(MemoryWorker worker)
    {
        lock (gate)
        {
            worker.Client.ThrowIfDisposed();
            _workers.Add(worker);
            _working.Add(worker);
        }

        Feed(worker);
    }

    public IReadOnlyList<MemoryWorker> WorkersOf(InMemoryBrokerClient client)
    {
        lock (gate)
        {
            return [.. _workers.Where(worker => worker.Client == client)];
        }
    }

    /// <summary>The ids of the models behind the workers, each once, in order.</summary>
    public IReadOnlyList<string> Models()
    {
        lock (gate)
        {
            return [.. _workers.Where(worker => worker.IsOpen).SelectMany(worker => worker.Models).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A worker has ended. Under the gate.</summary>
    public void End(MemoryWorker worker) => _working.Remove(worker);

    /// <summary>Forgets a worker; what waited for it alone has no responders now.</summary>
    public void Remove(MemoryWorker worker)
    {
        lock (gate)
        {
            _workers.Remove(worker);
        }

        FailUnserved();
    }

    /// <summary>Gives a worker what waits, as far as its credit goes.</summary>
    public void Feed(MemoryWorker worker)
    {
        while (true)
        {
            MemoryRequest? request;
            lock (gate)
            {
                request = worker.HasCredit ? TakeNext(worker) : null;
            }

            if (request is null)
            {
                return;
            }

            Dispatch(worker, request);
        }
    }

    /// <summary>Assigns the best request that waits for one of the worker's actions. Called under the gate.</summary>
    public MemoryRequest? TakeNext(MemoryWorker worker)
    {
        var index = _queue.FindIndex(request => worker.Serves(request.Action));
        if (index < 0)
        {
            return null;
        }

        var request = _queue[index];
        _queue.RemoveAt(index);
        Assign(worker, request);
        return request;
    }

    /// <summary>Forgets a request that has ended. Called under the gate.</summary>
    public void Forget(MemoryRequest request)
    {
        _open.Remove(request);
        _queue.Remove(request);
    }

    /// <summary>Fails what the client asked and still waits for.</summary>
    public void FailRequestsOf(InMemoryBrokerClient client, BrokerException error)
    {
        MemoryRequest[] requests;
        lock (gate)
        {
            requests = [.. _open.Where(request => request.Client == client)];
        }

        foreach (var request in requests)
        {
            request.Fail(error);
        }
    }

    /// <summary>Fails what waits for an action that nobody serves any more.</summary>
    public void FailUnserved()
    {
        MemoryRequest[] unserved;
        lock (gate)
        {
            unserved = [.. _queue.Where(request => !IsServed(request.Action))];
        }

        foreach (var request in unserved)
        {
            request.Fail(NoResponders(request.Action));
        }
    }

    /// <summary>Sends an assigned request to its worker. Called outside the gate.</summary>
    private void Dispatch(MemoryWorker worker, MemoryRequest request)
    {
        List<Action>? arrivals = null;
        lock (gate)
        {
            if (!network.IsPlain(worker.Client))
            {
                network.Send(worker.Client, request.About, () => worker.Start(request), arrivals = []);
            }
        }

        if (arrivals is null)
        {
            worker.Start(request);
            return;
        }

        foreach (var arrive in arrivals)
        {
            arrive();
        }
    }

    private static BrokerException NoResponders(string action) =>
        new(BrokerErrorCode.NoResponders, $"No worker serves '{action}'.");

    private bool IsServed(string action) => _workers.Exists(worker => worker.Serves(action));

    private BrokerException? WhyRefused(string action) =>
        !IsServed(action) ? NoResponders(action)
        : _queue.Count >= options.MaxQueuedRequests ? new(BrokerErrorCode.Overloaded, $"{_queue.Count} requests wait already.", options.RetryAfter)
        : null;

    private MemoryWorker? Free(string action) =>
        _workers.Where(worker => worker.HasCredit && worker.Serves(action)).MinBy(worker => (worker.Load, worker.LastAssigned));

    private void Enqueue(MemoryRequest request)
    {
        var behind = _queue.FindIndex(waiting => waiting.Priority < request.Priority);
        _queue.Insert(behind < 0 ? _queue.Count : behind, request);
    }

    private void Assign(MemoryWorker worker, MemoryRequest request)
    {
        worker.Assign(request, ++_assignments);
        request.Worker = worker;
        journal.Record(BrokerLogKind.Assigned, request.Action, request.Id, client: worker.Client.Name);
    }
}
