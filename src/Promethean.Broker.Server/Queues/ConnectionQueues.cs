namespace Promethean.Broker.Server;

/// <summary>A connection's part in the queues; read and changed under the dispatcher's lock alone.</summary>
internal sealed class ConnectionQueues
{
    /// <summary>The consumers it registered, by name.</summary>
    public Dictionary<string, QueueConsumer> Consumers { get; } = [];

    /// <summary>Registrations that have ended, while their tasks are still held.</summary>
    public HashSet<QueueConsumer> Leaving { get; } = [];

    /// <summary>Whether the connection is gone, so that nothing may be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whoever holds a task here; null where nobody does.</summary>
    public QueueConsumer? FindHolder(string queue, string taskId) =>
        Consumers.Values.Concat(Leaving).FirstOrDefault(consumer => consumer.Queue == queue && consumer.Tasks.ContainsKey(taskId));
}
