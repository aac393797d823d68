namespace Promethean.Broker;

/// <summary>The subscriptions of a client: which exist, which patterns the broker must know, and who gets a message.</summary>
/// <remarks>The broker knows each pattern once, however many subscriptions share it, and sends a message once, however many
/// patterns it falls under.</remarks>
internal sealed class TopicRegistry : IDisposable
{
    // Keeps the order of frames the order of changes, so that a pattern given up and taken again ends up taken.
    private readonly SemaphoreSlim _gate = new(1, 1);

    private readonly Lock _changing = new();

    // Replaced whole, so that the receive loop reads it without a lock.
    private volatile TopicSubscription[] _all = [];

    public IReadOnlyList<TopicSubscription> All => _all;

    public void Dispose() => _gate.Dispose();

    public void Deliver(BrokerMessage message)
    {
        foreach (var subscription in _all)
        {
            if (BrokerTopic.Matches(subscription.Pattern, message.Topic))
            {
                subscription.Offer(message);
            }
        }
    }

    /// <summary>Tells every subscription that messages may be missing before the next.</summary>
    public void Tell(BrokerGap gap)
    {
        foreach (var subscription in _all)
        {
            subscription.Tell(gap);
        }
    }

    /// <summary>Ends when what was delivered has found room in its subscriptions, or been lost.</summary>
    public Task WaitForRoomAsync()
    {
        List<Task>? waits = null;
        foreach (var subscription in _all)
        {
            if (subscription.Room is { IsCompleted: false } room)
            {
                (waits ??= []).Add(room);
            }
        }

        return waits is null ? Task.CompletedTask : Task.WhenAll(waits);
    }

    public async Task AddAsync(TopicSubscription subscription, BrokerConnection connection, CancellationToken cancellationToken)
    {
        Task acknowledged;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_changing)
            {
                _all = [.. _all, subscription];
            }

            BrokerTelemetry.CountSubscriptions(1);
            var id = connection.NextId();
            acknowledged = connection.AskAsync(id, ClientFrames.Subscribe(id, subscription.Pattern), $"the subscription to '{subscription.Pattern}'", cancellationToken);
        }
        finally
        {
            _gate.Release();
        }

        await acknowledged.ConfigureAwait(false);
    }

    /// <summary>Takes a subscription out; the broker is told when it was the last of its pattern.</summary>
    /// <remarks>It gets what comes until the broker has answered: what was published before that is still on its way.</remarks>
    public async Task RemoveAsync(TopicSubscription subscription, BrokerConnection? connection)
    {
        if (subscription.IsEnding)
        {
            return;
        }

        var acknowledged = Task.CompletedTask;
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_all.Contains(subscription) || !subscription.TryBeginToEnd())
            {
                return;
            }

            if (connection is not null && _all.All(other => other.IsEnding || other.Pattern != subscription.Pattern))
            {
                var id = connection.NextId();
                acknowledged = connection.AskAsync(
                    id, ClientFrames.Unsubscribe(id, subscription.Pattern), $"the end of the subscription to '{subscription.Pattern}'", default);
            }
        }
        finally
        {
            _gate.Release();
        }

        // A broker that cannot be told has forgotten the connection already.
        await acknowledged.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_changing)
        {
            _all = [.. _all.Where(other => other != subscription)];
        }

        BrokerTelemetry.CountSubscriptions(-1);
    }

    /// <summary>Makes every pattern known on a new connection.</summary>
    public Task RestoreAsync(BrokerConnection connection, CancellationToken cancellationToken) =>
        Task.WhenAll(_all.Where(subscription => !subscription.IsEnding).Select(subscription => subscription.Pattern).Distinct().Select(pattern =>
        {
            var id = connection.NextId();
            return connection.AskAsync(id, ClientFrames.Subscribe(id, pattern), $"the subscription to '{pattern}'", cancellationToken);
        }));
}
