namespace Promethean.Broker.Server;

/// <summary>A connection's part in the work; read and changed under the dispatcher's lock alone.</summary>
internal sealed class ConnectionWork
{
    /// <summary>The workers it registered, by name.</summary>
    public Dictionary<string, WorkerRegistration> Workers { get; } = [];

    /// <summary>The requests it waits for, by its own id.</summary>
    public Dictionary<string, WorkTask> Requests { get; } = [];

    /// <summary>Requests that bear no id: done, but answered to nobody.</summary>
    public HashSet<WorkTask> Unanswered { get; } = [];

    public int InFlight => Requests.Count + Unanswered.Count;

    /// <summary>Whether the connection is gone, so that nothing may be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>A task that one of its workers holds; null where none does.</summary>
    public WorkTask? FindTask(string taskId)
    {
        foreach (var worker in Workers.Values)
        {
            if (worker.Tasks.TryGetValue(taskId, out var task))
            {
                return task;
            }
        }

        return null;
    }
}
