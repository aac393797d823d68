using System.Diagnostics.Metrics;

namespace Promethean.Broker.Server;

/// <summary>The meter <c>Promethean.Broker.Server</c>, and the totals that <c>system.metrics</c> tells.</summary>
internal sealed class BrokerServerMetrics
{
    public const string MeterName = "Promethean.Broker.Server";

    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _queued;
    private readonly UpDownCounter<long> _tasks;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _droppedLetters;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _resumed;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;
    private long _totalFrames;
    private long _totalRequests;
    private long _totalDropped;
    private long _totalErrors;

    public BrokerServerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<long>("promethean.broker.server.connections", "{connection}", "Open connections.");
        _queued = meter.CreateUpDownCounter<long>("promethean.broker.server.queue.depth", "{request}", "Requests that wait for a worker.");
        _tasks = meter.CreateUpDownCounter<long>("promethean.broker.server.tasks", "{task}", "Tasks in queues, waiting and held, dead letters included.");
        _frames = meter.CreateCounter<long>("promethean.broker.server.frames", "{frame}", "Frames received.");
        _requests = meter.CreateCounter<long>("promethean.broker.server.requests", "{request}", "Requests for workers that have ended, by action and outcome.");
        _dropped = meter.CreateCounter<long>("promethean.broker.server.dropped", "{message}", "Topic messages dropped for slow readers.");
        _droppedLetters = meter.CreateCounter<long>("promethean.broker.server.dead_letters.dropped", "{task}", "Dead letters dropped to make room for others.");
        _shed = meter.CreateCounter<long>("promethean.broker.server.shed", "{connection}", "Connections given up because their replies piled up.");
        _resumed = meter.CreateCounter<long>("promethean.broker.server.resumed", "{session}", "Sessions that went on over another socket.");
        _errors = meter.CreateCounter<long>("promethean.broker.server.errors", "{error}", "Errors sent, by code.");
        _duration = meter.CreateHistogram<double>("promethean.broker.server.request.duration", "s", "From a request's coming to its final event.");
    }

    public long TotalFrames => Interlocked.Read(ref _totalFrames);

    public long TotalRequests => Interlocked.Read(ref _totalRequests);

    public long TotalDropped => Interlocked.Read(ref _totalDropped);

    public long TotalErrors => Interlocked.Read(ref _totalErrors);

    public void Connected(int change) => _connections.Add(change);

    public void Queued(int change) => _queued.Add(change);

    public void Tasks(int change) => _tasks.Add(change);

    public void Received(int frames)
    {
        Interlocked.Add(ref _totalFrames, frames);
        _frames.Add(frames);
    }

    /// <summary>Counts a request; its action is null where nobody serves it, since callers could make up any number of names.</summary>
    public void RequestEnded(string? action, string outcome, TimeSpan duration)
    {
        Interlocked.Increment(ref _totalRequests);
        var tags = new KeyValuePair<string, object?>[] { new("action", action ?? "_unknown"), new("outcome", outcome) };
        _requests.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void Dropped(int messages)
    {
        if (messages > 0)
        {
            Interlocked.Add(ref _totalDropped, messages);
            _dropped.Add(messages);
        }
    }

    public void DeadLetterDropped()
    {
        _droppedLetters.Add(1);
        _tasks.Add(-1);
    }

    public void Shed() => _shed.Add(1);

    public void Resumed() => _resumed.Add(1);

    public void Failed(BrokerErrorCode code)
    {
        Interlocked.Increment(ref _totalErrors);
        _errors.Add(1, new KeyValuePair<string, object?>("code", code.ToWireName()));
    }
}
