namespace Promethean.Broker.Server;

/// <summary>A connection that may go on over another socket: who serves it now, and how long it waits while nobody does.</summary>
internal sealed class Session(string id, ClientConnection connection, ClientSocket first, TimeProvider time)
{
    // A socket that is told to break ends its loops at once, as far as the machine lets it; one that never does is a fault.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private ClientSocket? _socket = first;
    private TaskCompletionSource _released = NewPromise();
    private ITimer? _expiry;
    private bool _ended;

    public string Id => id;

    public ClientConnection Connection => connection;

    /// <summary>Makes a socket the one that serves, once the one before has let go; false where the session is over.</summary>
    public async Task<bool> TryTakeOverAsync(ClientSocket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task released;
            lock (_lock)
            {
                if (_ended)
                {
                    return false;
                }

                if (_socket is null)
                {
                    _socket = socket;
                    _expiry?.Dispose();
                    return true;
                }

                // Half open, most likely: the client knows before the broker does.
                _socket.Break();
                released = _released.Task;
            }

            try
            {
                await released.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    /// <summary>The socket lets go; where none takes over in time, <paramref name="expired"/> is called.</summary>
    /// <returns>Whether it waits for another socket; false where the session is over.</returns>
    public bool LetGo(TimeSpan window, Action expired)
    {
        lock (_lock)
        {
            connection.Outgoing.Detach();
            Release();
            if (!_ended)
            {
                _expiry = time.CreateTimer(_ => Expire(expired), null, window, Timeout.InfiniteTimeSpan);
            }

            return !_ended;
        }
    }

    /// <summary>Nobody takes over any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _expiry?.Dispose();
            Release();
        }
    }

    private void Expire(Action expired)
    {
        lock (_lock)
        {
            if (_socket is not null || _ended)
            {
                return;
            }

            _ended = true;
        }

        expired();
    }

    private void Release()
    {
        _socket = null;
        _released.TrySetResult();
        _released = NewPromise();
    }

    private static TaskCompletionSource NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
