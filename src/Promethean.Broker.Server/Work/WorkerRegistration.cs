namespace Promethean.Broker.Server;

/// <summary>A worker: what it serves and what it holds; read and changed under the dispatcher's lock alone.</summary>
internal sealed class WorkerRegistration(ClientConnection connection, string name)
{
    public ClientConnection Connection => connection;

    public string Name => name;

    public IReadOnlyCollection<string> Actions { get; set; } = [];

    public IReadOnlyCollection<string> Models { get; set; } = [];

    public int Credit { get; set; }

    /// <summary>Tasks assigned whose final respond has not come; those without a caller count too, since the worker is still at them.</summary>
    public Dictionary<string, WorkTask> Tasks { get; } = [];

    public int Free => Credit - Tasks.Count;

    /// <summary>Whether it can be given a task: while its connection is away it cannot.</summary>
    public bool IsFree => Free > 0 && connection.IsAttached;

    /// <summary>When it was last given a task, to take turns.</summary>
    public long LastAssigned { get; set; }
}
