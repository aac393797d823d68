namespace Promethean.Broker.Server;

/// <summary>A consumer of a client here, as the backplane sees it.</summary>
internal sealed class RelayedConsumer(ClientConnection connection, ConsumePayload ready, BackplaneLink backplane)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IQueueConsumer? _registration;
    private int _held;

    public string Queue => ready.Queue;

    /// <summary>Whether it has no task.</summary>
    public bool IsIdle => Volatile.Read(ref _held) == 0;

    /// <summary>Whether it says the same as another <c>ready</c>.</summary>
    public bool IsFor(ConsumePayload other) => ready == other;

    /// <summary>Completes when the backplane has acknowledged; what it gives waits for <see cref="Begin"/>.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _registration = await backplane.Queue.ConsumeAsync(
            ready.Queue, HandleAsync, new() { Credit = ready.Credit, Lease = ready.Lease }, cancellationToken).ConfigureAwait(false);

    /// <summary>The client has been told that it is registered.</summary>
    public void Begin() => _begun.TrySetResult();

    /// <summary>The client has room again, or is back.</summary>
    public void TellRoom() => Interlocked.Exchange(ref _room, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Takes no more from the call on; completes when what the client holds is settled. Not to be called under a lock.</summary>
    public Task DrainAsync() => QuietlyAsync(async registration =>
    {
        await registration.DrainAsync().ConfigureAwait(false);
        await registration.DisposeAsync().ConfigureAwait(false);
    });

    /// <summary>Takes no more, and gives back what the client holds.</summary>
    public async Task EndAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await QuietlyAsync(registration => registration.DisposeAsync().AsTask()).ConfigureAwait(false);
    }

    private async Task QuietlyAsync(Func<IQueueConsumer, Task> end)
    {
        try
        {
            await (_registration is null ? Task.CompletedTask : end(_registration)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            backplane.Failed(e);
        }
    }

    private async ValueTask HandleAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _held);
        try
        {
            await HoldAsync(delivery, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }

    private async Task HoldAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        await _begun.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        var part = connection.Backplane;
        var key = (ready.Queue, delivery.Task.Id);
        var held = new HeldTask(this, delivery);
        await GiveAsync(key, held, cancellationToken).ConfigureAwait(false);
        try
        {
            await held.Settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (part.Gate)
            {
                if (part.Held.GetValueOrDefault(key) == held)
                {
                    part.Held.Remove(key);
                }
            }
        }
    }

    /// <summary>Hands a task to the client, once that has room for it.</summary>
    private async Task GiveAsync((string Queue, string Task) key, HeldTask held, CancellationToken cancellationToken)
    {
        var part = connection.Backplane;
        while (true)
        {
            var room = Volatile.Read(ref _room).Task;
            lock (part.Gate)
            {
                // Where the connection is gone, the token is about to end.
                if (!part.IsClosed && connection.HasRoomForTask())
                {
                    part.Held[key] = held;
                    connection.Reply(ServerFrames.QueueTaskAssigned(held.Delivery.Task, string.IsNullOrEmpty(ready.Consumer) ? null : ready.Consumer));
                    return;
                }
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
