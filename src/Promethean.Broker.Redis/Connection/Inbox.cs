using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>What other clients and the scripts say to this client, in one order.</summary>
internal sealed class Inbox(RedisChannel channel, Action<InboxNote> receive, ILogger logger)
{
    private ChannelMessageQueue? _queue;
    private Task _reading = Task.CompletedTask;

    public RedisChannel Channel => channel;

    public async Task OpenAsync(ISubscriber subscriber)
    {
        _queue = await subscriber.SubscribeAsync(channel).ConfigureAwait(false);
        _reading = Task.Run(() => ReadAsync(_queue));
    }

    public async Task CloseAsync()
    {
        if (_queue is { } queue)
        {
            try
            {
                await queue.UnsubscribeAsync().ConfigureAwait(false);
                await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
            {
                // Redis has forgotten the connection, or will, and the subscription with it.
            }
        }
    }

    private async Task ReadAsync(ChannelMessageQueue queue)
    {
        await foreach (var message in queue.ConfigureAwait(false))
        {
            try
            {
                receive(InboxNote.Read((ReadOnlyMemory<byte>)message.Message));
            }
            catch (Exception e)
            {
                // Whatever a stranger wrote there, what follows it is wanted.
                Log.NoteUnreadable(logger, e);
            }
        }
    }
}
