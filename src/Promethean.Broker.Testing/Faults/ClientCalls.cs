namespace Promethean.Broker.Testing;

/// <summary>The calls of one client that are on their way over its connection: held, lost or slow.</summary>
/// <param name="broker">The broker, whose gate and clock count.</param>
/// <param name="link">The connection's state.</param>
/// <param name="isClosed">Whether the client is disposed.</param>
internal sealed class ClientCalls(InMemoryBroker broker, ClientLink link, Func<bool> isClosed)
{
    private readonly HashSet<TaskCompletionSource> _waiting = [];

    /// <summary>Takes a call one way: where it is held it waits, where it is lost it times out.</summary>
    public async ValueTask PassAsync(LinkDirection direction, CancellationToken cancellationToken)
    {
        // What a handler still settles while its client is disposed goes through: nobody is left to wait.
        if (isClosed() || Enter(direction) is not { } wait)
        {
            return;
        }

        try
        {
            await wait.Task.WaitAsync(broker.Options.RequestTimeout, broker.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BrokerException(
                BrokerErrorCode.Timeout,
                $"The broker did not acknowledge the call within {broker.Options.RequestTimeout}{(direction == LinkDirection.ToClient ? "; it has taken effect." : ".")}");
        }
        finally
        {
            lock (broker.Gate)
            {
                _waiting.Remove(wait);
                link.HeldCalls.Remove(wait);
            }
        }
    }

    /// <summary>Lets go what is held.</summary>
    public void Release()
    {
        List<TaskCompletionSource> calls;
        lock (broker.Gate)
        {
            calls = [.. link.HeldCalls];
            link.HeldCalls.Clear();
        }

        calls.ForEach(call => call.TrySetResult());
    }

    /// <summary>Fails whatever waits.</summary>
    public void Fail(BrokerException error)
    {
        TaskCompletionSource[] calls;
        lock (broker.Gate)
        {
            calls = [.. _waiting];
            link.HeldCalls.Clear();
        }

        foreach (var call in calls)
        {
            call.TrySetException(error);
        }
    }

    /// <summary>What the call waits for; null where it passes at once.</summary>
    private TaskCompletionSource? Enter(LinkDirection direction)
    {
        lock (broker.Gate)
        {
            var isHeld = link.Held.HasFlag(direction);
            var isLost = link.Partitioned.HasFlag(direction);
            var latency = direction == LinkDirection.ToClient ? broker.Network.DrawCallLatency() : TimeSpan.Zero;
            if (!isHeld && !isLost && latency == TimeSpan.Zero)
            {
                return null;
            }

            // Never one that goes on elsewhere: a call must come back in the order that the seed decides.
            var wait = new TaskCompletionSource();
            _waiting.Add(wait);
            if (isHeld)
            {
                link.HeldCalls.Add(wait);
            }
            else if (!isLost)
            {
                broker.Network.After(latency, () => wait.TrySetResult());
            }

            return wait;
        }
    }
}
