namespace Promethean.Broker.Testing;

/// <summary>One client's connection: whether there is one, how it is cut and made again, and what is held on its way.</summary>
internal sealed class MemoryConnection
{
    private readonly InMemoryBroker _broker;
    private readonly InMemoryBrokerClient _client;
    private readonly ClientCalls _calls;
    private readonly StateFeed _state = new();

    /// <summary>A connection that is there.</summary>
    /// <param name="broker">The broker, whose gate and clock count.</param>
    /// <param name="client">Whose connection it is.</param>
    public MemoryConnection(InMemoryBroker broker, InMemoryBrokerClient client)
    {
        _broker = broker;
        _client = client;
        _calls = new(broker, Link, () => State == BrokerConnectionState.Closed);
    }

    public ClientLink Link { get; } = new();

    public BrokerConnectionState State => _state.State;

    public IAsyncEnumerable<BrokerConnectionState> WatchAsync(CancellationToken cancellationToken) => _state.WatchAsync(cancellationToken);

    /// <summary>Whether a call goes through at once.</summary>
    public bool IsReady(CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && State == BrokerConnectionState.Connected && Link.IsClear && _broker.Faults.CallLatency.IsZero;

    /// <summary>Waits until there is a connection.</summary>
    /// <exception cref="BrokerException">There was none in time, or the client was disposed.</exception>
    public async ValueTask ConnectedAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (State == BrokerConnectionState.Connected)
        {
            return;
        }

        var wait = timeout ?? _broker.Options.DisconnectedTimeout;
        try
        {
            var settled = wait == TimeSpan.Zero ? State : await _state.SettledAsync(cancellationToken).WaitAsync(wait, _broker.Time, cancellationToken).ConfigureAwait(false);
            if (settled == BrokerConnectionState.Closed)
            {
                throw InMemoryBrokerClient.Closed();
            }

            if (settled == BrokerConnectionState.Connected)
            {
                return;
            }
        }
        catch (TimeoutException)
        {
            // Said below.
        }

        throw new BrokerException(BrokerErrorCode.Timeout, $"No connection to the broker came within {wait}.");
    }

    /// <summary>Takes a call one way: where it is held it waits, where it is lost it times out.</summary>
    public ValueTask PassAsync(LinkDirection direction, CancellationToken cancellationToken) => _calls.PassAsync(direction, cancellationToken);

    public void Partition(LinkDirection direction)
    {
        lock (_broker.Gate)
        {
            Link.Partitioned = direction;
        }
    }

    public void Hold(LinkDirection direction)
    {
        lock (_broker.Gate)
        {
            Link.Held = direction;
        }
    }

    /// <summary>Lets go what is held, in order, and holds nothing more.</summary>
    public void Release()
    {
        // What is set off meanwhile queues up behind; the last one out opens the way.
        while (NextHeld() is { } arrive)
        {
            arrive();
        }

        _calls.Release();
    }

    /// <summary>Cuts the connection by itself after so many deliveries.</summary>
    public void CutAfter(int deliveries)
    {
        lock (_broker.Gate)
        {
            Link.DeliveriesLeft = deliveries;
        }
    }

    /// <summary>Cuts the connection where there is one, from within a delivery too.</summary>
    public void Cut(TimeSpan? reconnectAfter)
    {
        if (!_state.TrySet(BrokerConnectionState.Disconnected))
        {
            return;
        }

        _broker.Record(BrokerLogKind.Disconnected, _client.Name);
        var lost = new BrokerException(BrokerErrorCode.Internal, "The connection to the broker was lost; the call may have been served.");
        List<Action> held;
        lock (_broker.Gate)
        {
            Link.DeliveriesLeft = null;
            held = [.. Link.HeldArrivals];
            Link.HeldArrivals.Clear();
            var lostConnection = ++Link.Connection;
            if (reconnectAfter is { } delay)
            {
                _broker.Network.After(delay, () => ComeBack(lostConnection));
            }
        }

        // Each finds its connection gone, and says so in the log.
        held.ForEach(arrive => arrive());

        _calls.Fail(lost);
        Abandon(lost);
        _broker.Queues.TakeBack([.. _broker.Queues.ConsumersOf(_client).SelectMany(consumer => consumer.Leases())], "the consumer's connection ended");
    }

    /// <summary>Connects again, where it was cut: what the client registered is back at once.</summary>
    public void Connect()
    {
        if (State != BrokerConnectionState.Disconnected || !_state.TrySet(BrokerConnectionState.Connecting))
        {
            return;
        }

        // Nothing is delivered before the client is connected, so this comes first.
        foreach (var subscription in _broker.Topics.SubscriptionsOf(_client))
        {
            subscription.TellGap();
        }

        if (_state.TrySet(BrokerConnectionState.Connected))
        {
            _broker.Record(BrokerLogKind.Connected, _client.Name);
            foreach (var worker in _broker.Work.WorkersOf(_client))
            {
                _broker.Work.Feed(worker);
            }

            _broker.Queues.Dispatch();
        }
    }

    /// <summary>Ends every fault.</summary>
    public void Heal()
    {
        lock (_broker.Gate)
        {
            Link.Partitioned = LinkDirection.None;
            Link.DeliveriesLeft = null;
        }

        ComeBack(Link.Connection);
        Release();
    }

    /// <summary>Closes it for good; false where it was already.</summary>
    public bool TryClose() => _state.TrySet(BrokerConnectionState.Closed);

    /// <summary>Fails the calls that wait on their way.</summary>
    public void FailCalls(BrokerException error) => _calls.Fail(error);

    private Action? NextHeld()
    {
        lock (_broker.Gate)
        {
            if (Link.HeldArrivals.TryDequeue(out var arrive))
            {
                return arrive;
            }

            Link.Held = LinkDirection.None;
            return null;
        }
    }

    private void ComeBack(int lostConnection)
    {
        // A connection that was made and lost since is none of this one's business.
        if (Link.Connection == lostConnection)
        {
            Connect();
        }
    }

    private void Abandon(BrokerException error)
    {
        _broker.Work.FailRequestsOf(_client, error);
        foreach (var worker in _broker.Work.WorkersOf(_client))
        {
            worker.Interrupt(error);
        }

        _broker.Work.FailUnserved();
    }
}
