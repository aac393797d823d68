namespace Promethean.Broker.Server;

/// <summary>A task of a queue in a client's hands: its handler waits until the client has settled it.</summary>
internal sealed class HeldTask(RelayedConsumer consumer, IQueueDelivery delivery)
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RelayedConsumer Consumer => consumer;

    public IQueueDelivery Delivery => delivery;

    /// <summary>Ends when a settlement that has begun has ended, however it did.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Whether the handler may return: of a task that is not settled that would be a settlement.</summary>
    public bool TryLetGo() => delivery.IsSettled && _settled.TrySetResult();
}
