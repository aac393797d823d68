namespace Promethean.Broker.Server;

/// <summary>A consumer: what it takes and what it holds; read and changed under the dispatcher's lock alone.</summary>
internal sealed class QueueConsumer(ClientConnection connection, string name, string queue)
{
    public ClientConnection Connection => connection;

    public string Name => name;

    public string Queue => queue;

    public int Credit { get; set; }

    public TimeSpan Lease { get; set; }

    /// <summary>Tasks in its hands, by id.</summary>
    public Dictionary<string, BookedTask> Tasks { get; } = [];

    public int Free => Credit - Tasks.Count;

    /// <summary>When it was last given a task, to take turns.</summary>
    public long LastAssigned { get; set; }
}
