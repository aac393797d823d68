using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Promethean.Broker.Testing;

/// <summary>A client's connection state, and those who watch it.</summary>
internal sealed class StateFeed
{
    private const int StatesHeld = 16;
    private readonly Lock _gate = new();
    private readonly List<Channel<BrokerConnectionState>> _watchers = [];
    private TaskCompletionSource _changed = NewSignal();
    private BrokerConnectionState _state = BrokerConnectionState.Connected;

    public BrokerConnectionState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Changes the state; false when it was that already, or closed, which is the last.</summary>
    public bool TrySet(BrokerConnectionState state)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_state == state || _state == BrokerConnectionState.Closed)
            {
                return false;
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

            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
        return true;
    }

    /// <summary>Waits until the state is no longer the one before a connection; gives the state it then was.</summary>
    public async Task<BrokerConnectionState> SettledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_state is BrokerConnectionState.Connected or BrokerConnectionState.Closed)
                {
                    return _state;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async IAsyncEnumerable<BrokerConnectionState> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = Channel.CreateBounded<BrokerConnectionState>(
            new BoundedChannelOptions(StatesHeld) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
        {
            watcher.Writer.TryWrite(_state);
            if (_state == BrokerConnectionState.Closed)
            {
                watcher.Writer.Complete();
            }

            _watchers.Add(watcher);
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
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
