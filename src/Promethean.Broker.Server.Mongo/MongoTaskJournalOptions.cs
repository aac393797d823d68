namespace Promethean.Broker.Server.Mongo;

/// <summary>Where in MongoDB a broker's queues are kept.</summary>
public sealed class MongoTaskJournalOptions
{
    /// <summary>The database. Default: the one that the connection string names, else <c>promethean</c>.</summary>
    public string? Database { get; set; }

    /// <summary>The collection of tasks, this broker's alone; beside it, under the same name and <c>_owner</c>, lies who owns it.
    /// Default: <c>broker_tasks</c>.</summary>
    public string Collection { get; set; } = "broker_tasks";

    /// <summary>How long after a broker was last heard of another may take its queues: the longest wait of a start after a crash. A
    /// clean end gives them up at once. Default: 10 s.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one operation may take before it is tried again. Default: 10 s.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
