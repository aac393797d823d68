namespace Promethean.Broker.Server;

/// <summary>What a broker accepts, holds and refuses.</summary>
public sealed class BrokerServerOptions
{
    /// <summary>One bearer token for every client, which may then do everything. Default: none. Without it, <see cref="Tokens"/> and
    /// <see cref="UseHostAuthentication"/>, anyone who can reach the broker may use it: that is allowed on loopback only, and with
    /// any other address the host refuses to start. There it must have at least 16 characters.</summary>
    public string? Token { get; set; }

    /// <summary>Tokens that say on whose behalf their clients act, and what these may do. Default: none.</summary>
    public IList<BrokerAccessToken> Tokens { get; } = [];

    /// <summary>Whether clients are known by the host's ASP.NET Core authentication, beside the tokens: the claims <c>org</c>,
    /// <c>sub</c> and <c>scope</c> are what <see cref="BrokerAccessToken"/> says otherwise. Without <c>AddAuthentication</c> the host does not start. Default: no.</summary>
    public bool UseHostAuthentication { get; set; }

    /// <summary>Origins of web pages that may connect, for example <c>https://app.example.org</c>. Default: none; pages served from
    /// loopback may always, since a browser lets any page try.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>The largest message accepted, in bytes; a larger one costs the connection (close code 1009). Default: 4 MiB.</summary>
    public int MaxFrameBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a message may take from its first part to its last; one that takes longer costs the connection (close code
    /// 1008). A pong cannot stand inside a frame: what takes longer than the keep-alive allows must come in several. Default: 60 s.</summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Patterns one connection may subscribe to. Default: 1,024.</summary>
    public int MaxSubscriptions { get; set; } = 1024;

    /// <summary>Workers and consumers one connection may register, together. Default: 64.</summary>
    public int MaxWorkers { get; set; } = 64;

    /// <summary>Requests one connection may have in flight; one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxRequests { get; set; } = 1024;

    /// <summary>Connections of one organisation; one more is refused with status 429. Default: 10,000.</summary>
    public int MaxConnectionsPerOrg { get; set; } = 10_000;

    /// <summary>Requests that the connections of one organisation have in flight together; one more is <c>overloaded</c>.
    /// Default: 16,384.</summary>
    public int MaxRequestsPerOrg { get; set; } = 16 * 1024;

    /// <summary>Frames that the connections of one organisation may send in a second together, on average; one more is
    /// <c>overloaded</c> and says when to try again. What ends work (<c>respond</c>, <c>ack</c>, <c>nack</c>, <c>cancel</c>) is not
    /// held against it. Default: none.</summary>
    public int? MaxFramesPerSecondPerOrg { get; set; }

    /// <summary>Requests that wait for a worker, per action; one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxQueuedPerAction { get; set; } = 1024;

    /// <summary>Requests of one organisation that wait for a worker, per action; one more is <c>overloaded</c>. Left out, it is half of
    /// <see cref="MaxQueuedPerAction"/> where <see cref="Tokens"/> or
    /// <see cref="UseHostAuthentication"/> tell organisations apart, else all of it. Default: none.</summary>
    public int? MaxQueuedPerActionPerOrg { get; set; }

    /// <summary>Bytes of the requests that wait for a worker, over all actions; one more is <c>overloaded</c>. One organisation
    /// has half of it where <see cref="Tokens"/> or <see cref="UseHostAuthentication"/> tell organisations apart. Default: 256 MiB.</summary>
    public long MaxQueuedRequestBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Tasks that one queue holds, waiting and given out; one more is <c>overloaded</c>. Dead letters are taken beyond it,
    /// up to <see cref="MaxDeadLetters"/>. Default: 10,000.</summary>
    public int MaxQueuedTasks { get; set; } = 10_000;

    /// <summary>Queues that hold a task; a task for one more is <c>overloaded</c>. Default: 1,024.</summary>
    public int MaxQueues { get; set; } = 1024;

    /// <summary>Queues that hold a task of one organisation, dead letters included; its task for one more is <c>overloaded</c>. Tasks that
    /// an <see cref="ITaskJournal"/> kept from before the start are nobody's. Left out, it is half of <see cref="MaxQueues"/> where <see cref="Tokens"/> or
    /// <see cref="UseHostAuthentication"/> tell organisations apart, else all of it. Default: none.</summary>
    public int? MaxQueuesPerOrg { get; set; }

    /// <summary>Dead letters of one queue; for one more the oldest that waits is dropped, logged and counted. Default: 10,000.</summary>
    public int MaxDeadLetters { get; set; } = 10_000;

    /// <summary>Bytes of memory that tasks take in all queues together, dead letters included; a task that comes when they are
    /// reached is <c>overloaded</c>. One organisation has half of it where <see cref="Tokens"/> or <see cref="UseHostAuthentication"/>
    /// tell organisations apart. Default: 256 MiB.</summary>
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

    /// <summary>Topic messages held for a connection that reads slowly; beyond it the oldest is dropped,
    /// counted, and told to the client by <c>gap</c>. Default: 1,024.</summary>
    public int MaxQueuedMessages { get; set; } = 1024;

    /// <summary>Replies and tasks held for a connection. At three quarters of it the client is asked to pause (<c>backpressure</c>); they are never
    /// dropped, so beyond it the connection is closed with 1013. Default: 16,384.</summary>
    public int MaxQueuedReplies { get; set; } = 16 * 1024;

    /// <summary>Bytes of topic messages, and as many of replies, held for a connection; and as many of its frames that wait for the backplane,
    /// where there is one, of which one more is <c>overloaded</c>. Default: 16 MiB.</summary>
    public int MaxQueuedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a connection may be silent before it is asked for a sign of life, at most: it is asked up to half a
    /// <see cref="KeepAliveTimeout"/> earlier, so that a half-open link is found within the sum of both. Default: 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long that sign may take before the connection is given up. Default: 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client whose socket broke may come back and go on as if it had not: its subscriptions, requests, workers and
    /// consumers stay, and nothing is lost or repeated. What a worker holds fails only after it, so that is also how long a dead
    /// worker goes unnoticed; zero has every loss count at once. Default: 5 s.</summary>
    public TimeSpan ResumeWindow { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Clients that may be away at once and still come back; beyond it a loss counts at once. Default: 1,024.</summary>
    public int MaxDetachedSessions { get; set; } = 1024;

    /// <summary>Clients of one organisation that may be away at once and still come back; beyond it a loss counts at once. Left out, it is
    /// half of <see cref="MaxDetachedSessions"/> where <see cref="Tokens"/> or
    /// <see cref="UseHostAuthentication"/> tell organisations apart, else all of it. Default: none.</summary>
    public int? MaxDetachedSessionsPerOrg { get; set; }

    /// <summary>How long a stopping host lets running requests end; new ones are <c>overloaded</c> meanwhile. Default: 10 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client's frame waits for the backplane, where there is one, before it is told <c>overloaded</c>; a request that the
    /// backplane has taken goes by its own deadline. Default: 2 s.</summary>
    public TimeSpan BackplaneTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the backplane may be away before the broker's health check says that it is not ready; before the backplane has been
    /// there for the first time it is not ready either. One that is connected and does not answer is away, too: that is noticed within
    /// twice <see cref="BackplaneTimeout"/>. Default: 10 s.</summary>
    public TimeSpan BackplaneGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a client has to say who it is.</summary>
    internal bool AsksWhoConnects => Token is not null || Tokens.Count > 0 || UseHostAuthentication;
}
