using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>The subscriptions of a client, and the channels that feed them.</summary>
/// <remarks>Redis brings a message once per channel or pattern it falls under. Each subscription listens to its own pattern's feed
/// alone, so it gets a message once, however many others match.</remarks>
internal sealed class TopicFeeds(RedisLink link, RedisKeys keys, ILogger logger) : IDisposable
{
    // Keeps the order of commands the order of changes, so that a feed given up and taken again ends up taken.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<RedisChannel, TopicFeed> _feeds = [];

    // Replaced whole under the gate.
    private volatile TopicSubscription[] _all = [];
    private volatile RedisChannel[] _channels = [];
    private volatile TopicFeed[] _fed = [];

    public IReadOnlyList<TopicSubscription> All => _all;

    public IEnumerable<RedisChannel> Channels => _channels;

    public void Dispose() => _gate.Dispose();

    /// <summary>The connection is lost.</summary>
    public void BeginGap() => Array.ForEach(_fed, feed => feed.BeginGap());

    /// <summary>The connection is back.</summary>
    public void TellGap() => Array.ForEach(_fed, feed => feed.TellGap());

    public async Task AddAsync(TopicSubscription subscription, CancellationToken cancellationToken)
    {
        var subscriber = await link.GetSubscriberAsync(cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = keys.Pattern(subscription.Pattern);
            if (!_feeds.TryGetValue(channel, out var feed))
            {
                var queue = await link.AskAsync(
                    () => subscriber.SubscribeAsync(channel), $"the subscription to '{subscription.Pattern}'", cancellationToken).ConfigureAwait(false);
                _feeds[channel] = feed = new(queue, logger);
                (_channels, _fed) = ([.. _feeds.Keys], [.. _feeds.Values]);
            }

            feed.Add(subscription);
            _all = [.. _all, subscription];
            BrokerTelemetry.CountSubscriptions(1);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes a subscription out, and its channel when it was the last there.</summary>
    public async Task RemoveAsync(TopicSubscription subscription)
    {
        if (!_all.Contains(subscription))
        {
            return;
        }

        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            TopicSubscription[] rest = [.. _all.Where(other => other != subscription)];
            if (rest.Length == _all.Length)
            {
                return;
            }

            _all = rest;
            BrokerTelemetry.CountSubscriptions(-1);
            var channel = keys.Pattern(subscription.Pattern);
            if (_feeds.TryGetValue(channel, out var feed) && feed.Remove(subscription))
            {
                _feeds.Remove(channel);
                (_channels, _fed) = ([.. _feeds.Keys], [.. _feeds.Values]);
                // Redis forgets it with the connection at the latest.
                await feed.CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
