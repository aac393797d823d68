using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>What one channel or pattern brings, for the subscriptions that share it.</summary>
internal sealed class TopicFeed
{
    private readonly ChannelMessageQueue _queue;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile TopicSubscription[] _subscriptions = [];
    private int _hasGap;

    public TopicFeed(ChannelMessageQueue queue, ILogger logger)
    {
        _queue = queue;
        _logger = logger;
        _ = Task.Run(ReadAsync);
    }

    public void Add(TopicSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }
    }

    /// <summary>Takes a subscription out; whether it was the last.</summary>
    public bool Remove(TopicSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            return _subscriptions.Length == 0;
        }
    }

    /// <summary>The connection is lost: what is published until it is back does not come.</summary>
    public void BeginGap() => Volatile.Write(ref _hasGap, 1);

    /// <summary>Tells of a gap that has not been told of; when the connection is back, or before the first message that comes then.</summary>
    public void TellGap()
    {
        if (Interlocked.Exchange(ref _hasGap, 0) == 0)
        {
            return;
        }

        foreach (var subscription in _subscriptions)
        {
            subscription.Tell(new(null));
        }
    }

    public async Task CloseAsync() => await _queue.UnsubscribeAsync().ConfigureAwait(false);

    private async Task ReadAsync()
    {
        await foreach (var received in _queue.ConfigureAwait(false))
        {
            try
            {
                Offer(EnvelopeReader.ReadMessage((ReadOnlyMemory<byte>)received.Message));
            }
            catch (Exception e)
            {
                // Whatever a stranger wrote there, what follows it is wanted.
                Log.MessageUnreadable(_logger, _queue.Channel.ToString(), e);
            }
        }
    }

    // Nobody waits for room here: Redis would go on sending, and what waits for room is bounded by the time it may.
    private void Offer(BrokerMessage message)
    {
        TellGap();
        foreach (var subscription in _subscriptions)
        {
            if (BrokerTopic.Matches(subscription.Pattern, message.Topic))
            {
                subscription.Offer(message);
            }
        }
    }
}
