using System.Diagnostics.Metrics;
using Names = Promethean.Broker.Server.BrokerServerDiagnostics;

namespace Promethean.Broker.Server;

/// <summary>What <see cref="BrokerServerDiagnostics"/> names, and the totals that <c>system.metrics</c> tells.</summary>
internal sealed class BrokerServerMetrics
{
    // Requests end within milliseconds where a worker echoes, and after minutes where a model writes.
    private static readonly InstrumentAdvice<double> DurationAdvice = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    };

    private static readonly KeyValuePair<string, object?> Receive = new("network.io.direction", "receive");
    private static readonly KeyValuePair<string, object?> Transmit = new("network.io.direction", "transmit");

    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _queued;
    private readonly UpDownCounter<long> _tasks;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _traffic;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _published;
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
        var meter = meters.Create(Names.MeterName);
        _connections = meter.CreateUpDownCounter<long>(Names.ConnectionsMetric, "{connection}", "Open connections.");
        _queued = meter.CreateUpDownCounter<long>(Names.QueueDepthMetric, "{request}", "Requests that wait for a worker.");
        _tasks = meter.CreateUpDownCounter<long>(Names.TasksMetric, "{task}", "Tasks in queues, waiting and held, dead letters included.");
        _frames = meter.CreateCounter<long>(Names.FramesMetric, "{frame}", "Frames, by direction.");
        _traffic = meter.CreateCounter<long>(Names.TrafficMetric, "By", "Bytes of messages, by direction.");
        _requests = meter.CreateCounter<long>(Names.RequestsMetric, "{request}", "Requests for workers that have ended, by action and error.");
        _published = meter.CreateCounter<long>(Names.PublishedMessagesMetric, "{message}", "Topic messages taken from publishers.");
        _dropped = meter.CreateCounter<long>(Names.DroppedMessagesMetric, "{message}", "Topic messages dropped for slow readers.");
        _droppedLetters = meter.CreateCounter<long>(Names.DroppedDeadLettersMetric, "{task}", "Dead letters dropped to make room for others.");
        _shed = meter.CreateCounter<long>(Names.ShedConnectionsMetric, "{connection}", "Connections given up because their replies piled up.");
        _resumed = meter.CreateCounter<long>(Names.ResumedSessionsMetric, "{session}", "Sessions that went on over another socket.");
        _errors = meter.CreateCounter<long>(Names.ErrorsMetric, "{error}", "Errors sent, by code.");
        _duration = meter.CreateHistogram(
            Names.RequestDurationMetric, "s", "From a request's coming to its final event, by action and error.", tags: null, DurationAdvice);
    }

    public long TotalFrames => Interlocked.Read(ref _totalFrames);

    public long TotalRequests => Interlocked.Read(ref _totalRequests);

    public long TotalDropped => Interlocked.Read(ref _totalDropped);

    public long TotalErrors => Interlocked.Read(ref _totalErrors);

    /// <summary>Lets every series without attributes begin at zero: an alert on one that is not there would never fire.</summary>
    public void Begin()
    {
        _connections.Add(0);
        _queued.Add(0);
        _tasks.Add(0);
        _published.Add(0);
        _dropped.Add(0);
        _shed.Add(0);
    }

    public void Connected(int change) => _connections.Add(change);

    public void Queued(int change) => _queued.Add(change);

    public void Tasks(int change) => _tasks.Add(change);

    public void Received(int frames, int bytes)
    {
        Interlocked.Add(ref _totalFrames, frames);
        _frames.Add(frames, Receive);
        _traffic.Add(bytes, Receive);
    }

    public void Sent(int frames, int bytes)
    {
        _frames.Add(frames, Transmit);
        _traffic.Add(bytes, Transmit);
    }

    public void Published() => _published.Add(1);

    /// <summary>Counts a request.</summary>
    /// <param name="action">Null where nobody serves it, since callers could make up any number of names.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    /// <param name="duration">From its coming to its end.</param>
    public void RequestEnded(string? action, string? error, TimeSpan duration)
    {
        Interlocked.Increment(ref _totalRequests);
        var tags = new System.Diagnostics.TagList { { "promethean.broker.action", action ?? "_unknown" } };
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

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
        _errors.Add(1, new KeyValuePair<string, object?>("error.type", code.ToWireName()));
    }
}
