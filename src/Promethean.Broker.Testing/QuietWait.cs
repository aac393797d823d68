namespace Promethean.Broker.Testing;

/// <summary>Waits until nothing is in flight in a broker, by what is in flight and never by how long nothing happened.</summary>
internal sealed class QuietWait(InMemoryBroker broker)
{
    private static readonly TimeSpan MostVirtualTime = TimeSpan.FromDays(7);

    public async ValueTask RunAsync(bool heldBackToo, CancellationToken cancellationToken)
    {
        using var driving = (broker.Time as VirtualClock)?.Drive();
        var giveUp = broker.Time.GetUtcNow() + MostVirtualTime;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = broker.Signal.NextAsync();
            await broker.RestAsync().ConfigureAwait(false);
            if (IsQuiet(heldBackToo))
            {
                return;
            }

            if (!await MoveAsync(next, giveUp, cancellationToken).ConfigureAwait(false))
            {
                throw broker.Failure("Something is still in flight, and nothing moves any more.");
            }
        }
    }

    private bool IsQuiet(bool heldBackToo)
    {
        lock (broker.Gate)
        {
            return broker.InFlight == 0 && (!heldBackToo || broker.Queues.Waiting == 0);
        }
    }

    private async ValueTask<bool> MoveAsync(Task next, DateTimeOffset giveUp, CancellationToken cancellationToken)
    {
        if (broker.Scheduled > 0 && (broker.Time is VirtualClock || broker.Options.Delivery == DeliveryMode.Stepped || broker.Faults.Ordering == MessageOrder.Shuffle))
        {
            return await broker.StepAsync().ConfigureAwait(false);
        }

        if (next.IsCompleted)
        {
            return true;
        }

        if (broker.Time is VirtualClock clock && clock.NextTimer is { } timer && timer <= giveUp)
        {
            await clock.PassAsync(timer, cancellationToken).ConfigureAwait(false);
            return true;
        }

        try
        {
            await next.WaitAsync(broker.GuardTime, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
