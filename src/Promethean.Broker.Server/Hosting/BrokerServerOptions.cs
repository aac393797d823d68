namespace Promethean.Broker.Server;

/// <summary>What a broker accepts, holds and refuses.</summary>
public sealed class BrokerServerOptions
{
    /// <summary>The bearer token every client must send. Default: none, which is allowed on loopback only: with any other address
    /// the host refuses to start.</summary>
    public string? Token { get; set; }

    /// <summary>Origins of web pages that may connect, for example <c>https://app.example.org</c>. Default: none; pages served from
    /// loopback may always, since a browser lets any page try.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The largest message accepted, in bytes; a larger one costs the connection (close code 1009). Default: 4 MiB.</summary>
    public int MaxFrameBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Patterns one connection may subscribe to. Default: 1,024.</summary>
    public int MaxSubscriptions { get; set; } = 1024;

    /// <summary>Workers and consumers one connection may register, together. Default: 64.</summary>
    public int MaxWorkers { get; set; } = 64;

    /// <summary>Requests one connection may have in flight; one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxRequests { get; set; } = 1024;

    /// <summary>Requests that wait for a worker, per action; one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxQueuedPerAction { get; set; } = 1024;

    /// <summary>Tasks that one queue holds, waiting and given out; one more is <c>overloaded</c>. Dead letters are taken beyond it,
    /// up to <see cref="MaxDeadLetters"/>. Default: 10,000.</summary>
    public int MaxQueuedTasks { get; set; } = 10_000;

    /// <summary>Queues that hold a task; a task for one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxQueues { get; set; } = 1024;

    /// <summary>Dead letters of one queue; for one more the oldest that waits is dropped, logged and counted. Default: 10,000.</summary>
    public int MaxDeadLetters { get; set; } = 10_000;

    /// <summary>Bytes of memory that tasks take in all queues together, dead letters included; a task that comes when they are
    /// reached is <c>overloaded</c>. Default: 256 MiB.</summary>
    public long MaxQueuedTaskBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Changes of tasks that wait for the <see cref="ITaskJournal"/>, where there is one; what would add to them is
    /// <c>overloaded</c>, and no task is given out. Default: 16,384.</summary>
    public int MaxJournalBacklog { get; set; } = 16 * 1024;

    /// <summary>How long a client waits for the <see cref="ITaskJournal"/> before it is told <c>internal</c>; the journal is tried
    /// further, and while it does not answer, clients are <c>overloaded</c> at once. Default: 10 s.</summary>
    public TimeSpan JournalTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a task is given out before it goes to the dead letters, where it does not say itself. Default: 5.</summary>
    public int MaxTaskAttempts { get; set; } = QueueLimits.MaxAttempts;

    /// <summary>How long the name of a task that is done (<see cref="EnqueueOptions.DedupeId"/>) keeps others of that name out.
    /// Default: 5 minutes.</summary>
    public TimeSpan DedupeWindow { get; set; } = QueueLimits.DedupeWindow;

    /// <summary>Topic messages held for a connection that reads slowly; beyond it the oldest is dropped and counted. Default: 1,024.</summary>
    public int MaxQueuedMessages { get; set; } = 1024;

    /// <summary>Replies and tasks held for a connection; they are never dropped, so beyond it the connection is. Default: 16,384.</summary>
    public int MaxQueuedReplies { get; set; } = 16 * 1024;

    /// <summary>Bytes of topic messages, and as many of replies, held for a connection. Default: 16 MiB.</summary>
    public int MaxQueuedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a connection may be silent before it is asked for a sign of life. Default: 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long that sign may take before the connection is given up. Default: 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping host lets running requests end; new ones are <c>overloaded</c> meanwhile. Default: 10 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
