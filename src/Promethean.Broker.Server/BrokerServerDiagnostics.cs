namespace Promethean.Broker.Server;

/// <summary>The names under which a broker's metrics are found.</summary>
/// <remarks>
/// <para>Attributes: <c>promethean.broker.action</c> (the action of a request; <c>_unknown</c> where nobody serves it, since callers
/// could make up any number of names), <c>error.type</c> (the wire's code, or <c>abandoned</c> where the caller's connection ended first;
/// absent where all went well) and <c>network.io.direction</c> (<c>receive</c>, <c>transmit</c>).</para>
/// <para>Requests per second are the rate of <see cref="RequestsMetric"/>.</para>
/// </remarks>
public static class BrokerServerDiagnostics
{
    /// <summary>The name of the meter: <c>Promethean.Broker.Server</c>.</summary>
    public const string MeterName = "Promethean.Broker.Server";

    /// <summary>Up and down: open connections.</summary>
    public const string ConnectionsMetric = "promethean.broker.server.connection.count";

    /// <summary>Counter: connections given up because their replies piled up.</summary>
    public const string ShedConnectionsMetric = "promethean.broker.server.connections.shed";

    /// <summary>Up and down: requests that wait for a worker.</summary>
    public const string QueueDepthMetric = "promethean.broker.server.queue.depth";

    /// <summary>Up and down: tasks in queues, waiting and held, dead letters included.</summary>
    public const string TasksMetric = "promethean.broker.server.task.count";

    /// <summary>Counter: frames, by direction.</summary>
    public const string FramesMetric = "promethean.broker.server.frames";

    /// <summary>Counter, in bytes: the text of messages, by direction, before anything that a transport adds.</summary>
    public const string TrafficMetric = "promethean.broker.server.io";

    /// <summary>Counter: requests for workers that have ended, by action and error.</summary>
    public const string RequestsMetric = "promethean.broker.server.requests";

    /// <summary>Histogram, in seconds: from a request's coming to its final event, by action and error.</summary>
    public const string RequestDurationMetric = "promethean.broker.server.request.duration";

    /// <summary>Counter: topic messages taken from publishers.</summary>
    public const string PublishedMessagesMetric = "promethean.broker.server.messages.published";

    /// <summary>Counter: dead letters dropped to make room for others.</summary>
    public const string DroppedDeadLettersMetric = "promethean.broker.server.dead_letters.dropped";

    /// <summary>Counter: sessions that went on over another socket.</summary>
    public const string ResumedSessionsMetric = "promethean.broker.server.sessions.resumed";

    /// <summary>Counter: topic messages dropped for slow readers.</summary>
    public const string DroppedMessagesMetric = "promethean.broker.server.messages.dropped";

    /// <summary>Counter: errors sent, by code.</summary>
    public const string ErrorsMetric = "promethean.broker.server.errors";
}
