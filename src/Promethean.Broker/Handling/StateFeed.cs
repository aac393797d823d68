using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Promethean.Broker;

/// <summary>The connection's state and those who watch it.</summary>
internal sealed class StateFeed
{
    private readonly Lock _lock = new();
    private ImmutableArray<Channel<BrokerConnectionState>> _watchers = [];
    private volatile BrokerConnectionState _state = BrokerConnectionState.Disconnected;

    public BrokerConnectionState State => _state;

    /// <summary>Changes the state, unless it is <see cref="BrokerConnectionState.Closed"/>, which is the last.</summary>
    public void Set(BrokerConnectionState state)
    {
        lock (_lock)
        {
            if (_state == state || _state == BrokerConnectionState.Closed)
            {
                return;
            }

            _state = state;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(state);
                if (state == BrokerConnectionState.Closed)
                {
                    watcher.Writer.Complete();
                }
            }
        }
    }

    public async IAsyncEnumerable<BrokerConnectionState> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = Channel.CreateBounded<BrokerConnectionState>(
            new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
        {
            watcher.Writer.TryWrite(_state);
            if (_state == BrokerConnectionState.Closed)
            {
                watcher.Writer.Complete();
            }

            _watchers = _watchers.Add(watcher);
        }

        try
        {
            await foreach (var state in watcher.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return state;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers = _watchers.Remove(watcher);
            }
        }
    }
}
