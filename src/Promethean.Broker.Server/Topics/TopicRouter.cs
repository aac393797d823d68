using System.Globalization;
using System.Security.Cryptography;

namespace Promethean.Broker.Server;

/// <summary>Who gets which topic. A connection gets a message once, however many of its patterns the topic falls under.</summary>
internal sealed class TopicRouter(BrokerServerOptions options, BrokerServerMetrics metrics, TimeProvider time) : ITopics, IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, HashSet<ClientConnection>> _topics = [];
    private readonly Dictionary<string, HashSet<ClientConnection>> _wildcards = [];
    private readonly string _idPrefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private long _lastId;
    private int _subscriptions;

    public int Subscriptions => Volatile.Read(ref _subscriptions);

    public void Subscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId) =>
        connection.Acknowledge(rawId, Subscribe(connection, pattern));

    public void Unsubscribe(ClientConnection connection, string? pattern, ReadOnlyMemory<byte> rawId) =>
        connection.Acknowledge(rawId, Unsubscribe(connection, pattern));

    public void Publish(ClientConnection connection, PublishPayload message, ReadOnlyMemory<byte> rawId)
    {
        Publish(message);
        connection.Acknowledge(rawId, null);
    }

    public Refusal? Subscribe(ClientConnection connection, string? pattern)
    {
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            return Refusal.Invalid("subscribe takes {topic}: a topic, or a pattern with '*' segments or a last '>'.");
        }

        _lock.EnterWriteLock();
        try
        {
            if (connection.Patterns.Contains(pattern!))
            {
                return null;
            }

            if (connection.Patterns.Count >= options.MaxSubscriptions)
            {
                return new(BrokerErrorCode.TooLarge, $"A connection has at most {options.MaxSubscriptions} subscriptions.");
            }

            connection.Patterns.Add(pattern!);
            var subscribers = TableOf(pattern!);
            if (!subscribers.TryGetValue(pattern!, out var connections))
            {
                subscribers[pattern!] = connections = [];
            }

            connections.Add(connection);
            _subscriptions++;
            return null;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public Refusal? Unsubscribe(ClientConnection connection, string? pattern)
    {
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            return Refusal.Invalid("unsubscribe takes {topic}: the topic or pattern of a subscription.");
        }

        _lock.EnterWriteLock();
        try
        {
            if (connection.Patterns.Remove(pattern!))
            {
                Remove(connection, pattern!);
            }

            return null;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Ends every subscription of a connection that is gone.</summary>
    public void Remove(ClientConnection connection) => TakeOut(connection);

    /// <summary>The same, and gives the patterns that it had; none the second time.</summary>
    public IReadOnlyList<string> TakeOut(ClientConnection connection)
    {
        _lock.EnterWriteLock();
        try
        {
            List<string> patterns = [.. connection.Patterns];
            foreach (var pattern in patterns)
            {
                Remove(connection, pattern);
            }

            connection.Patterns.Clear();
            return patterns;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Queues a message for everyone who wants it.</summary>
    public void Publish(PublishPayload message)
    {
        // Made on first need: most topics have an audience, but a broker must not pay for those without.
        byte[]? frame = null;
        metrics.Published();
        _lock.EnterReadLock();
        try
        {
            _topics.TryGetValue(message.Topic, out var exact);
            HashSet<ClientConnection>? served = null;
            foreach (var connection in exact ?? [])
            {
                connection.Deliver(frame ??= ToFrame(message));
            }

            foreach (var (pattern, connections) in _wildcards)
            {
                if (BrokerTopic.Matches(pattern, message.Topic))
                {
                    served ??= [.. exact ?? []];
                    foreach (var connection in connections)
                    {
                        if (served.Add(connection))
                        {
                            connection.Deliver(frame ??= ToFrame(message));
                        }
                    }
                }
            }
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Queues what a feed of the backplane brings for those who subscribed to its pattern.</summary>
    public void Deliver(TopicFeed feed, BrokerMessage message)
    {
        byte[]? frame = null;
        _lock.EnterReadLock();
        try
        {
            // A feed that was given up may have a successor, which brings the same.
            if (!feed.IsOver && TableOf(feed.Pattern).TryGetValue(feed.Pattern, out var connections))
            {
                foreach (var connection in connections)
                {
                    if (connection.Backplane.IsNews(message, connection.Patterns))
                    {
                        connection.Deliver(frame ??= BackplaneFrames.Message(message));
                    }
                }
            }
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Tells those who subscribed to a pattern that messages may be missing.</summary>
    public void TellGap(string pattern, BrokerGap gap)
    {
        _lock.EnterReadLock();
        try
        {
            foreach (var connection in TableOf(pattern).GetValueOrDefault(pattern) ?? [])
            {
                connection.Outgoing.AddGap(gap.Missed);
            }
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose() => _lock.Dispose();

    private Dictionary<string, HashSet<ClientConnection>> TableOf(string pattern) => BrokerTopic.IsValid(pattern) ? _topics : _wildcards;

    private void Remove(ClientConnection connection, string pattern)
    {
        var subscribers = TableOf(pattern);
        if (subscribers.TryGetValue(pattern, out var connections) && connections.Remove(connection))
        {
            _subscriptions--;
            if (connections.Count == 0)
            {
                subscribers.Remove(pattern);
            }
        }
    }

    private byte[] ToFrame(PublishPayload message)
    {
        // A long has at most 16 hexadecimal digits.
        Span<char> id = stackalloc char[_idPrefix.Length + 17];
        id.TryWrite(CultureInfo.InvariantCulture, $"{_idPrefix}-{Interlocked.Increment(ref _lastId):x}", out var length);
        return ServerFrames.Message(
            id[..length], message.Topic, time.GetUtcNow().ToUnixTimeMilliseconds(), message.Value.Span, message.Headers.Span);
    }
}
