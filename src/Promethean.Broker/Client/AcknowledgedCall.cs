namespace Promethean.Broker;

/// <summary>A call answered by <c>ok</c> or an error.</summary>
internal sealed class AcknowledgedCall : PendingCall
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Answer => _answer.Task;

    public override bool Take(BrokerFrame frame)
    {
        if (frame.Error is { } error)
        {
            _answer.TrySetException(error);
        }
        else
        {
            _answer.TrySetResult();
        }

        return true;
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
