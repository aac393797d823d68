using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>A request for an action, answered by events of which the last is final.</summary>
internal sealed class StreamedCall(int capacity) : PendingCall
{
    private static readonly string[] EnvelopeMembers = ["id", "event", "final"];

    private readonly Channel<BrokerReply> _replies = Channel.CreateBounded<BrokerReply>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false });

    public ChannelReader<BrokerReply> Replies => _replies.Reader;

    /// <summary>Whether the broker has ended the answer, so that there is nothing to cancel.</summary>
    public bool IsAnswered { get; private set; }

    public override bool Take(BrokerFrame frame)
    {
        IsAnswered = frame.IsFinal;
        if (frame.Error is { } error)
        {
            Fail(error);
            return true;
        }

        // The text is borrowed from the receive buffer; leaving the envelope out copies the rest.
        var body = JsonPayload.FromTrustedUtf8(frame.Text).Without(EnvelopeMembers);
        if (!_replies.Writer.TryWrite(new(frame.Event, body, frame.IsFinal)))
        {
            Fail(new BrokerException(
                BrokerErrorCode.Overloaded, $"The answer's events came faster than they were read; {capacity} were waiting."));
            return true;
        }

        if (frame.IsFinal)
        {
            _replies.Writer.TryComplete();
        }

        return frame.IsFinal;
    }

    public override void Fail(Exception exception) => _replies.Writer.TryComplete(exception);
}
