using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>How a client reaches Redis, waits and shares work.</summary>
/// <remarks>Read once, when the client is made; later changes have no effect. Values out of range are refused then, or at the start
/// of the host where the client comes from <see cref="RedisBrokerServiceCollectionExtensions.AddRedisBroker"/>. Clients that act as
/// one broker have the same <see cref="Prefix"/> and <see cref="Database"/>, and should have the same limits.</remarks>
public sealed class RedisBrokerOptions
{
    /// <summary>The environment variable that <see cref="Configuration"/> begins with: <c>REDIS_URL</c>.</summary>
    public const string Variable = "REDIS_URL";

    /// <summary>Where Redis is: <c>redis://[[user]:password@]host[:port][/database]</c>, <c>rediss://</c> for TLS, or a configuration
    /// string of StackExchange.Redis. It is never logged. Default: the environment variable <c>REDIS_URL</c>, or else
    /// <c>127.0.0.1:6379</c>.</summary>
    public string Configuration { get; set; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url ? url : "127.0.0.1:6379";

    /// <summary>A connection to use instead of one's own; several clients may share it, and none closes it. Default: none.</summary>
    public IConnectionMultiplexer? Multiplexer { get; set; }

    /// <summary>The database's number. Default: the one that <see cref="Configuration"/> names, or else 0.</summary>
    public int? Database { get; set; }

    /// <summary>Begins the name of every key and channel, 1 to 128 characters without braces. Default: <c>promethean:</c>.</summary>
    public string Prefix { get; set; } = "promethean:";

    /// <summary>How long a call waits for a connection while there is none, where the call does not say. Default: 5 s.</summary>
    public TimeSpan DisconnectedTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for its final event, where the call does not say. Default: 60 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long Redis may take to answer one command. Default: 5 s.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The delay between attempts to connect. Default: 500 ms.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a client that serves, consumes or waits shows that it lives. Default: 1 s.</summary>
    public TimeSpan PresenceInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its last sign of life a client counts as gone: what it served fails, what it held of a queue is given
    /// out again. More than twice <see cref="PresenceInterval"/>. Default: 3 s.</summary>
    public TimeSpan PresenceTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest message, request, event or task, headers included, in bytes; one that is larger is
    /// <see cref="BrokerErrorCode.TooLarge"/>. Default: 4 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Events of one answer held for a caller that is behind; one more fails the request with
    /// <see cref="BrokerErrorCode.Overloaded"/> and cancels the work. Default: 4,096.</summary>
    public int MaxPendingReplies { get; set; } = 4096;

    /// <summary>Requests for one action that wait for a worker; one more is <see cref="BrokerErrorCode.Overloaded"/>. Default: 1,024.</summary>
    public int MaxQueuedRequests { get; set; } = 1024;

    /// <summary>Tasks in one queue, waiting and held; one more is <see cref="BrokerErrorCode.Overloaded"/>. Default: 100,000.</summary>
    public int MaxQueuedTasks { get; set; } = 100_000;

    /// <summary>How often a task is given out where it does not say. Default: <see cref="QueueLimits.MaxAttempts"/>.</summary>
    public int MaxTaskAttempts { get; set; } = QueueLimits.MaxAttempts;

    /// <summary>How long the <see cref="EnqueueOptions.DedupeId"/> of a task that is done is remembered. Default:
    /// <see cref="QueueLimits.DedupeWindow"/>.</summary>
    public TimeSpan DedupeWindow { get; set; } = QueueLimits.DedupeWindow;
}
