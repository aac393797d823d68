namespace Promethean.Broker;

/// <summary>A delivery whose handler waits until the one who took it has settled it.</summary>
internal sealed class HeldDelivery(IQueueDelivery delivery) : IQueueDelivery
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueueTask Task => delivery.Task;

    public bool IsSettled => delivery.IsSettled;

    /// <summary>Ends when a settlement that has begun has ended, however it did.</summary>
    public Task Settled => _settled.Task;

    public async ValueTask AckAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await delivery.AckAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    public async ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await delivery.NackAsync(options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo();
        }
    }

    private void LetGo()
    {
        // One that was refused or cancelled before it began leaves the task in hand; letting the handler return would acknowledge it.
        if (delivery.IsSettled)
        {
            _settled.TrySetResult();
        }
    }
}
