namespace Promethean.Broker.Testing;

/// <summary>One arrival of a task at a consumer. Settling it twice does nothing; settling what is no longer held is an error.</summary>
/// <param name="router">Where it is settled.</param>
/// <param name="lease">What holds the task.</param>
internal sealed class MemoryDelivery(QueueRouter router, MemoryLease lease) : IQueueDelivery
{
    private int _settled;

    public QueueTask Task => lease.Task;

    public MemoryLease Lease => lease;

    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    public ValueTask AckAsync(CancellationToken cancellationToken = default) =>
        IsMineToSettle(cancellationToken) ? router.SettleAsync(lease, null, cancellationToken) : default;

    public ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        return IsMineToSettle(cancellationToken) ? router.SettleAsync(lease, options, cancellationToken) : default;
    }

    private bool IsMineToSettle(CancellationToken cancellationToken)
    {
        // Before anything has left, cancelling leaves the task as it is.
        cancellationToken.ThrowIfCancellationRequested();
        return Interlocked.Exchange(ref _settled, 1) == 0;
    }
}
