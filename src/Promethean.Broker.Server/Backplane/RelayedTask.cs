using System.Threading.Channels;

namespace Promethean.Broker.Server;

/// <summary>A request that the backplane gave to a worker of this broker; changed under its connection's gate alone.</summary>
internal sealed class RelayedTask(RelayedWorker worker, BrokerRequest request, string? traceParent, int capacity)
{
    private readonly Channel<BrokerReply> _replies = Channel.CreateBounded<BrokerReply>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    public RelayedWorker Worker => worker;

    /// <summary>Its id on the worker's side.</summary>
    public string Id { get; } = request.Id;

    public string Action { get; } = request.Action;

    public DateTimeOffset? Deadline { get; } = request.Deadline;

    /// <summary>The request as JSON text.</summary>
    public JsonPayload Payload { get; private set; } = request.Payload;

    /// <summary>The caller's trace; null where it has none.</summary>
    public string? TraceParent => traceParent;

    /// <summary>What the worker answers; ends with the final event, or fails.</summary>
    public ChannelReader<BrokerReply> Replies => _replies.Reader;

    /// <summary>Why it failed here; null where it has not.</summary>
    public BrokerException? Failure { get; private set; }

    /// <summary>Whether nobody waits for the worker's answer any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Lets go of the request, which the worker has or nobody wants: how long the task is kept is its worker's to say.</summary>
    public void DropPayload() => Payload = default;

    /// <summary>Takes an event; false where too many wait already.</summary>
    public bool TryAdd(BrokerReply reply)
    {
        if (!_replies.Writer.TryWrite(reply))
        {
            return false;
        }

        if (reply.IsFinal)
        {
            IsOver = true;
            _replies.Writer.TryComplete();
        }

        return true;
    }

    public void Fail(BrokerException error)
    {
        if (!IsOver)
        {
            IsOver = true;
            Failure = error;
            _replies.Writer.TryComplete(error);
        }
    }
}
