using System.Threading.Channels;

namespace Promethean.Broker.Testing;

/// <summary>One request from its acceptance to its end, which comes exactly once.</summary>
internal sealed class MemoryRequest : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private readonly WorkRouter _router;
    private readonly Channel<BrokerReply> _replies;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TimeSpan _timeout;
    private readonly DeliveryLane _lane = new();
    private ITimer? _deadlineTimer;
    private bool _answerLost;
    private bool _ended;

    public MemoryRequest(WorkRouter router, InMemoryBrokerClient client, string id, string action, JsonPayload payload, RequestOptions? options)
    {
        _router = router;
        // Whoever delivers an event lends its thread to the caller, so that a run is the same each time.
        _replies = Channel.CreateBounded<BrokerReply>(
            new BoundedChannelOptions(router.Options.MaxPendingReplies) { AllowSynchronousContinuations = true });
        _timeout = options?.Timeout ?? router.Options.RequestTimeout;
        Token = _cancellation.Token;
        Client = client;
        Id = id;
        Action = action;
        Payload = payload;
        Priority = options?.Priority ?? 0;
        var now = router.Time.GetUtcNow();
        Deadline = _timeout == Timeout.InfiniteTimeSpan ? null : now + _timeout;
        About = new(id, action, now, payload, NoHeaders);
        TraceParent = BrokerTelemetry.CurrentTraceParent;
    }

    /// <summary>The request as a message to the action's name: for fault rules and the log.</summary>
    public BrokerMessage About { get; }

    /// <summary>The trace of whoever asked.</summary>
    public string? TraceParent { get; }

    /// <summary>Who is to serve it; null while it waits. Under the gate.</summary>
    public MemoryWorker? Worker { get; set; }

    /// <summary>Whether its handler has been called. Under the gate.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether the caller has its end. Under the gate.</summary>
    public bool IsEnded => _ended;

    public InMemoryBrokerClient Client { get; }

    public string Id { get; }

    public string Action { get; }

    public JsonPayload Payload { get; }

    public int Priority { get; }

    public DateTimeOffset? Deadline { get; }

    /// <summary>The worker's token: ends when nobody waits for the answer any more, or the worker is disposed.</summary>
    public CancellationToken Token { get; }

    public ChannelReader<BrokerReply> Replies => _replies.Reader;

    /// <summary>Lets the time run. Called once, outside the gate: a timer that is already due fires here.</summary>
    public void StartDeadline()
    {
        if (Deadline is null)
        {
            return;
        }

        var timer = _router.Time.CreateTimer(static state => ((MemoryRequest)state!).Expire(), this, _timeout, Timeout.InfiniteTimeSpan);
        lock (_router.Gate)
        {
            if (!_ended)
            {
                _deadlineTimer = timer;
                return;
            }
        }

        timer.Dispose();
    }

    /// <summary>Takes an event of the answer; false when the request has ended, by this event or before.</summary>
    public bool Offer(BrokerReply reply)
    {
        if (!IsObject(reply.Body))
        {
            Fail(new(BrokerErrorCode.Internal, $"The worker's event '{reply.Event}' has a body that is not a JSON object."));
            return false;
        }

        List<Action>? arrivals = null;
        lock (_router.Gate)
        {
            if (_ended)
            {
                return false;
            }

            if (_answerLost || !IsClear())
            {
                // The worker cannot know: it goes on, and the caller waits for its deadline.
                if (!_answerLost)
                {
                    arrivals = [];
                    Send(reply, arrivals);
                }
            }
            else if (!TryArrive(reply))
            {
                arrivals = [Overflow];
            }
            else
            {
                arrivals = [() => Write(reply)];
            }
        }

        foreach (var arrive in arrivals ?? [])
        {
            arrive();
        }

        return !reply.IsFinal && !IsOver();
    }

    /// <summary>Ends the request with an error, unless it has ended, and the work with it.</summary>
    /// <param name="error">What the caller sees.</param>
    /// <param name="cause">What the log shows where the caller must not see it.</param>
    public void Fail(BrokerException error, Exception? cause = null)
    {
        MemoryWorker? unstarted;
        lock (_router.Gate)
        {
            if (_ended)
            {
                return;
            }

            End(BrokerLogKind.Failed, cause ?? error);
            unstarted = IsStarted ? null : Worker;
        }

        _replies.Writer.TryComplete(error);
        CancelWork();
        if (unstarted is not null)
        {
            unstarted.Release(this);
        }

        _router.Signal.Changed();
    }

    /// <summary>Ends the worker's token; the answer may still come.</summary>
    public void CancelWork()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended on its own in the meantime.
        }
        catch (AggregateException e)
        {
            lock (_router.Gate)
            {
                _router.Journal.Record(BrokerLogKind.HandlerFailed, Action, Id, e, Worker?.Client.Name);
            }
        }
    }

    /// <summary>Releases the worker's token; called when the work has ended. The deadline stands until the caller has its end.</summary>
    public void Dispose() => _cancellation.Dispose();

    // The wire puts an event's members beside its id, so a body must be an object.
    private static bool IsObject(JsonPayload body) => body.Utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>Whether an event gets from the worker to the caller at once. Under the gate.</summary>
    private bool IsClear() =>
        _router.Network.IsPlain(Client) && !Worker!.Client.Link.Partitioned.HasFlag(LinkDirection.ToBroker);

    private void Send(BrokerReply reply, List<Action> arrivals)
    {
        if (Worker!.Client.Link.Partitioned.HasFlag(LinkDirection.ToBroker))
        {
            _answerLost = true;
            _router.Journal.Record(BrokerLogKind.Dropped, Action, Id, client: Worker.Client.Name, note: $"the worker's '{reply.Event}' was lost to the partition");
            return;
        }

        _router.Network.Send(Client, About, () => Arrive(reply), arrivals, lost: () => _answerLost = true, lane: _lane);
    }

    private void Arrive(BrokerReply reply)
    {
        bool taken;
        lock (_router.Gate)
        {
            if (_ended)
            {
                return;
            }

            taken = TryArrive(reply);
        }

        if (taken)
        {
            Write(reply);
        }
        else
        {
            Overflow();
        }
    }

    /// <summary>Whether the caller has room for the event; the final one ends the request. Under the gate.</summary>
    private bool TryArrive(BrokerReply reply)
    {
        if (_replies.Reader.Count >= _router.Options.MaxPendingReplies)
        {
            return false;
        }

        if (reply.IsFinal)
        {
            End(BrokerLogKind.Answered, null);
        }

        return true;
    }

    // Outside the gate: the caller goes on in here.
    private void Write(BrokerReply reply)
    {
        _replies.Writer.TryWrite(reply);
        if (reply.IsFinal)
        {
            _replies.Writer.TryComplete();
            _router.Signal.Changed();
        }
    }

    private bool IsOver()
    {
        lock (_router.Gate)
        {
            return _ended;
        }
    }

    private void Overflow() =>
        Fail(new(BrokerErrorCode.Overloaded, $"The answer's events came faster than they were read; {_router.Options.MaxPendingReplies} were waiting."));

    private void End(BrokerLogKind how, Exception? error)
    {
        _ended = true;
        _deadlineTimer?.Dispose();
        _router.Forget(this);
        _router.Journal.Record(how, Action, Id, error, Client.Name);
    }

    private void Expire() => Fail(new(BrokerErrorCode.Timeout, $"No final answer to '{Action}' came before its deadline."));
}
