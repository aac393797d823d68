namespace Promethean.Broker;

/// <summary>A call answered by <c>ok</c> or an error.</summary>
internal sealed class AcknowledgedCall : PendingCall
{
    private readonly TaskCompletionSource<JsonPayload> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The payload of the <c>ok</c>; null where it has none.</summary>
    public Task<JsonPayload> Answer => _answer.Task;

    public override bool Take(BrokerFrame frame)
    {
        if (frame.Error is { } error)
        {
            _answer.TrySetException(error);
        }
        else
        {
            _answer.TrySetResult(frame.Payload.IsEmpty ? default : JsonPayload.FromTrustedUtf8(frame.Payload.ToArray()));
        }

        return true;
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
