using System.Threading.Channels;

namespace Promethean.Broker.Testing;

/// <summary>One request from its acceptance to its end, which comes exactly once.</summary>
internal sealed class MemoryRequest : IDisposable
{
    private readonly WorkRouter _router;
    private readonly Channel<BrokerReply> _replies;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TimeSpan _timeout;
    private ITimer? _deadlineTimer;
    private bool _ended;

    public MemoryRequest(WorkRouter router, InMemoryBrokerClient client, string id, string action, JsonPayload payload, RequestOptions? options)
    {
        _router = router;
        _replies = Channel.CreateBounded<BrokerReply>(router.Options.MaxPendingReplies);
        _timeout = options?.Timeout ?? router.Options.RequestTimeout;
        Token = _cancellation.Token;
        Client = client;
        Id = id;
        Action = action;
        Payload = payload;
        Priority = options?.Priority ?? 0;
        Deadline = _timeout == Timeout.InfiniteTimeSpan ? null : router.Time.GetUtcNow() + _timeout;
    }

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

        bool taken;
        lock (_router.Gate)
        {
            if (_ended)
            {
                return false;
            }

            taken = _replies.Writer.TryWrite(reply);
            if (taken && reply.IsFinal)
            {
                End(BrokerLogKind.Answered, null);
            }
        }

        if (!taken)
        {
            Fail(new(BrokerErrorCode.Overloaded, $"The answer's events came faster than they were read; {_router.Options.MaxPendingReplies} were waiting."));
            return false;
        }

        if (reply.IsFinal)
        {
            _replies.Writer.TryComplete();
        }

        return !reply.IsFinal;
    }

    /// <summary>Ends the request with an error, unless it has ended, and the work with it.</summary>
    /// <param name="error">What the caller sees.</param>
    /// <param name="cause">What the log shows where the caller must not see it.</param>
    public void Fail(BrokerException error, Exception? cause = null)
    {
        lock (_router.Gate)
        {
            if (_ended)
            {
                return;
            }

            End(BrokerLogKind.Failed, cause ?? error);
        }

        _replies.Writer.TryComplete(error);
        CancelWork();
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
                _router.Journal.Record(BrokerLogKind.HandlerFailed, Action, Id, e);
            }
        }
    }

    /// <summary>Releases the worker's token; called when the work has ended.</summary>
    public void Dispose()
    {
        _deadlineTimer?.Dispose();
        _cancellation.Dispose();
    }

    // The wire puts an event's members beside its id, so a body must be an object.
    private static bool IsObject(JsonPayload body) => body.Utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private void End(BrokerLogKind how, Exception? error)
    {
        _ended = true;
        _deadlineTimer?.Dispose();
        _router.Forget(this);
        _router.Journal.Record(how, Action, Id, error);
    }

    private void Expire() => Fail(new(BrokerErrorCode.Timeout, $"No final answer to '{Action}' came before its deadline."));
}
