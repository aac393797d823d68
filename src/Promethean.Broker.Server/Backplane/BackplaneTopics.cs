namespace Promethean.Broker.Server;

/// <summary>Topics where there is a backplane: every message goes through it, also to subscribers of this broker.</summary>
/// <remarks>Each pattern that clients use is subscribed at the backplane once; who of them gets what is the local router's to know.</remarks>
internal sealed class BackplaneTopics(BackplaneLink backplane, TopicRouter local, BrokerServerOptions options, BrokerServerMetrics metrics) : ITopics
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TopicFeed> _feeds = [];

    public int Subscriptions => local.Subscriptions;

    public void Subscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId)
    {
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            connection.Acknowledge(rawId, local.Subscribe(connection, pattern));
            return;
        }

        connection.Backplane.Lane(connection, backplane)?.Add(
            rawId, pattern!.Length, async (id, _, token) => connection.Acknowledge(id, await SubscribeAsync(connection, pattern, token).ConfigureAwait(false)));
    }

    public void Unsubscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId) => connection.Backplane.Lane(connection, backplane)?.Add(rawId, pattern?.Length ?? 0, (id, _, _) =>
    {
        var wasThere = pattern is not null && connection.Patterns.Contains(pattern);
        var refusal = local.Unsubscribe(connection, pattern);
        if (wasThere)
        {
            Release(pattern!);
        }

        connection.Acknowledge(id, refusal);
        return Task.CompletedTask;
    });

    public void Publish(ClientConnection connection, PublishPayload message, ReadOnlyMemory<byte> rawId)
    {
        // The frame is borrowed.
        var payload = JsonPayload.FromTrustedUtf8(message.Value.ToArray());
        var headers = PayloadReader.ReadHeaders(message.Headers);
        var topic = message.Topic;
        connection.Backplane.Lane(connection, backplane)?.Add(rawId, message.Value.Length + message.Headers.Length, async (id, left, token) =>
        {
            await backplane.Client.PublishAsync(topic, payload, new() { Headers = headers, DisconnectedTimeout = left }, token).ConfigureAwait(false);
            metrics.Published();
            connection.Acknowledge(id, null);
        });
    }

    public void Remove(ClientConnection connection) => _ = RemoveAsync(connection);

    // Patterns of a connection change in its lane alone.
    private async Task<Refusal?> SubscribeAsync(ClientConnection connection, string pattern, CancellationToken cancellationToken)
    {
        if (connection.Patterns.Contains(pattern))
        {
            return null;
        }

        if (connection.Patterns.Count >= options.MaxSubscriptions)
        {
            return local.Subscribe(connection, pattern);
        }

        await AcquireAsync(pattern, cancellationToken).ConfigureAwait(false);
        // Only now: what the backplane has not acknowledged is not acknowledged here either.
        return local.Subscribe(connection, pattern);
    }

    private async Task RemoveAsync(ClientConnection connection)
    {
        await connection.Backplane.EndLaneAsync().ConfigureAwait(false);
        // The end is told twice; whoever comes second finds nothing left.
        foreach (var pattern in local.TakeOut(connection))
        {
            Release(pattern);
        }
    }

    private async Task AcquireAsync(string pattern, CancellationToken cancellationToken)
    {
        Task started;
        lock (_lock)
        {
            if (!_feeds.TryGetValue(pattern, out var feed))
            {
                _feeds[pattern] = feed = new(pattern, backplane, local, options.MaxQueuedMessages);
            }

            feed.Users++;
            started = feed.StartAsync();
        }

        try
        {
            await started.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Release(pattern);
            throw;
        }
    }

    private void Release(string pattern)
    {
        lock (_lock)
        {
            var feed = _feeds[pattern];
            if (--feed.Users == 0)
            {
                _feeds.Remove(pattern);
                feed.GiveUp();
                _ = DisposeAsync(feed);
            }
        }
    }

    private async Task DisposeAsync(TopicFeed feed)
    {
        try
        {
            await feed.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // It is nobody's any more, and gone with the backplane's connection at the latest.
            backplane.Failed(e);
        }
    }
}
