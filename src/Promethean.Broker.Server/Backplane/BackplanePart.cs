namespace Promethean.Broker.Server;

/// <summary>A connection's part at the backplane. What changes together is read and changed under <see cref="Gate"/>.</summary>
internal sealed class BackplanePart(BrokerServerOptions options)
{
    private readonly Lock _laneLock = new();
    private BackplaneLane? _lane;
    private RecentMessages? _recent;
    private bool _isEnded;

    /// <summary>Guards the collections; under it frames are only queued, which never blocks.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The requests it waits for, by its own id.</summary>
    public Dictionary<string, RelayedRequest> Requests { get; } = [];

    /// <summary>All its requests, also those that bear no id.</summary>
    public HashSet<RelayedRequest> Open { get; } = [];

    /// <summary>The workers it registered, by name.</summary>
    public Dictionary<string, RelayedWorker> Workers { get; } = [];

    /// <summary>What its workers are at, by the task's id.</summary>
    public Dictionary<string, RelayedTask> Tasks { get; } = [];

    /// <summary>The consumers it registered, by name.</summary>
    public Dictionary<string, RelayedConsumer> Consumers { get; } = [];

    /// <summary>Consumers that take no more, while their tasks are still held.</summary>
    public HashSet<RelayedConsumer> Leaving { get; } = [];

    /// <summary>Tasks of queues in its hands.</summary>
    public Dictionary<(string Queue, string Task), HeldTask> Held { get; } = [];

    /// <summary>Whether the connection is gone, so that nothing may be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The lane, made on first need; null where the connection is gone.</summary>
    public BackplaneLane? Lane(ClientConnection connection, BackplaneLink backplane)
    {
        lock (_laneLock)
        {
            return _isEnded ? null : _lane ??= new(connection, backplane, options.MaxQueuedMessages, options.MaxQueuedBytes);
        }
    }

    /// <summary>Lets the lane end once its calls are done.</summary>
    /// <returns>Completes then.</returns>
    public Task EndLaneAsync()
    {
        lock (_laneLock)
        {
            _isEnded = true;
            return _lane?.CompleteAsync() ?? Task.CompletedTask;
        }
    }

    /// <summary>Whether the connection has not had this message. The feed of each of its patterns brings it.</summary>
    /// <remarks>Only a connection whose patterns overlap needs a memory for that; it keeps it for what is on its way when it
    /// unsubscribes.</remarks>
    public bool IsNews(BrokerMessage message, HashSet<string> patterns)
    {
        var recent = Volatile.Read(ref _recent);
        if (recent is null)
        {
            if (patterns.Count == 1 || patterns.Count(pattern => BrokerTopic.Matches(pattern, message.Topic)) == 1)
            {
                return true;
            }

            var made = new RecentMessages();
            recent = Interlocked.CompareExchange(ref _recent, made, null) ?? made;
        }

        return recent.TryAdd(message.Id);
    }
}
