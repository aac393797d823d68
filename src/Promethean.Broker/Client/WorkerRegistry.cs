using System.Collections.Concurrent;

namespace Promethean.Broker;

/// <summary>The workers of a client by name, and whose task is whose.</summary>
internal sealed class WorkerRegistry
{
    private readonly ConcurrentDictionary<string, ActionWorker> _workers = new();
    private int _lastName;

    public IEnumerable<ActionWorker> All => _workers.Values;

    public string NextName() => $"w{Interlocked.Increment(ref _lastName)}";

    public async Task AddAsync(ActionWorker worker, BrokerConnection connection, CancellationToken cancellationToken)
    {
        _workers[worker.Name] = worker;
        await AnnounceAsync(worker, connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a worker out; the broker then fails what it had assigned to it.</summary>
    public async Task RemoveAsync(ActionWorker worker, BrokerConnection? connection)
    {
        if (_workers.TryRemove(worker.Name, out _) && connection is not null)
        {
            await EndAsync(worker.Name, connection).ConfigureAwait(false);
        }
    }

    public Task RestoreAsync(BrokerConnection connection, CancellationToken cancellationToken) =>
        Task.WhenAll(All.Select(worker => AnnounceAsync(worker, connection, cancellationToken)));

    public void Assign(BrokerConnection connection, TaskAssignment task)
    {
        if (task.Worker is not null && _workers.TryGetValue(task.Worker, out var worker))
        {
            worker.Take(task, new SocketAnswer(task.Id, connection));
        }

        else if (task.Worker is not null)
        {
            // A worker that ended while the connection was made anew: the broker does not know, and fails the task when it does.
            _ = EndAsync(task.Worker, connection);
        }
    }

    public void Cancel(string taskId)
    {
        foreach (var worker in All)
        {
            if (worker.Cancel(taskId))
            {
                return;
            }
        }
    }

    private static Task AnnounceAsync(ActionWorker worker, BrokerConnection connection, CancellationToken cancellationToken)
    {
        var id = connection.NextId();
        return connection.AskAsync(
            id,
            ClientFrames.Ready(id, worker.Name, worker.Actions, worker.Options.Concurrency, worker.Options.Models),
            $"the worker for '{string.Join("', '", worker.Actions)}'",
            cancellationToken);
    }

    private static async Task EndAsync(string worker, BrokerConnection connection)
    {
        var id = connection.NextId();
        // A broker that cannot be told has forgotten the worker already.
        await connection.AskAsync(id, ClientFrames.Ready(id, worker, [], 0, []), "the end of a worker", default)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
