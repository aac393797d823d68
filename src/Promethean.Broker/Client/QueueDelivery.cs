namespace Promethean.Broker;

/// <summary>A task that one connection was given, and can settle on that connection alone.</summary>
internal sealed class QueueDelivery(QueueTask task, BrokerConnection connection) : IQueueDelivery
{
    private int _settled;

    public QueueTask Task => task;

    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    public async ValueTask AckAsync(CancellationToken cancellationToken = default)
    {
        if (IsMineToSettle(cancellationToken))
        {
            var id = connection.NextId();
            await connection.AskAsync(id, ClientFrames.Acknowledge(id, task.Queue, task.Id), $"the end of task '{task.Id}'", cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        if (IsMineToSettle(cancellationToken))
        {
            var id = connection.NextId();
            await connection.AskAsync(
                id, ClientFrames.Reject(id, task.Queue, task.Id, options), $"the return of task '{task.Id}'", cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsMineToSettle(CancellationToken cancellationToken)
    {
        // Before anything has left, cancelling leaves the task as it is.
        cancellationToken.ThrowIfCancellationRequested();
        return Interlocked.Exchange(ref _settled, 1) == 0;
    }
}
