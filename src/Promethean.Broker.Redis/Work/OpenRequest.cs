using System.Threading.Channels;

namespace Promethean.Broker.Redis;

/// <summary>A request on its way, and the events of its answer that have arrived.</summary>
internal sealed class OpenRequest(string id, string action, int capacity)
{
    private readonly Channel<BrokerReply> _replies = Channel.CreateBounded<BrokerReply>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false });

    private long _last;

    public string Id => id;

    public ChannelReader<BrokerReply> Replies => _replies.Reader;

    /// <summary>Whether Redis has heard of it.</summary>
    public bool IsSubmitted { get; set; }

    /// <summary>Whether the answer has ended on the other side, so that there is nothing to cancel.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>How often in a row Redis did not know of it; once may be an answer that is still on its way.</summary>
    public int Missed { get; set; }

    /// <summary>Takes an event; events are numbered from 1, so that one that was lost is not passed over.</summary>
    public void Take(long number, string name, ReadOnlyMemory<byte> body, bool isFinal)
    {
        IsAnswered |= isFinal;
        if (number != ++_last)
        {
            Fail(new BrokerException(
                BrokerErrorCode.Internal, $"A part of the answer to '{action}' was lost on the way; the request may have had effects.", TimeSpan.Zero));
        }
        else if (!_replies.Writer.TryWrite(new(name, JsonPayload.FromTrustedUtf8(body), isFinal)))
        {
            Fail(new BrokerException(
                BrokerErrorCode.Overloaded, $"The answer's events came faster than they were read; {capacity} were waiting."));
        }
        else if (isFinal)
        {
            _replies.Writer.TryComplete();
        }
    }

    /// <summary>The other side ended it with an error.</summary>
    public void End(long number, BrokerException error)
    {
        IsAnswered = true;
        var isWhole = number == 0 || number == _last + 1;
        Fail(isWhole ? error : new BrokerException(
            BrokerErrorCode.Internal, $"A part of the answer to '{action}' was lost on the way, and then it failed: {error.Message}", TimeSpan.Zero));
    }

    public void Fail(Exception exception) => _replies.Writer.TryComplete(exception);
}
