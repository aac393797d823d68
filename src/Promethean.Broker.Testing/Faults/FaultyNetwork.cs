namespace Promethean.Broker.Testing;

/// <summary>Decides what becomes of each delivery: at once, later, twice or never. All chance is drawn here.</summary>
/// <remarks>Deliveries run one after another and outside the gate: within the call that sends them, by a timer of the broker's clock,
/// or by a tick.</remarks>
internal sealed class FaultyNetwork
{
    private readonly Lock _gate;
    private readonly Journal _journal;
    private readonly TimeProvider _time;
    private readonly InMemoryBrokerOptions _options;
    private readonly Random _random;
    private readonly DateTimeOffset _start;
    private readonly DeliverySchedule _schedule = new();
    private ITimer? _timer;
    // Those who run deliveries now, one within the other: a handler may tick too.
    private int _runners;
    private long _lastOrder;

    // Of what is scheduled, what is no delivery: nothing has to stay behind it.
    private int _laters;

    public FaultyNetwork(Lock gate, Journal journal, TimeProvider time, InMemoryBrokerOptions options)
    {
        _gate = gate;
        _journal = journal;
        _time = time;
        _options = options;
        _random = new(options.Seed);
        _start = time.GetUtcNow();
        Plan = options.Faults;
    }

    /// <summary>The plan in force.</summary>
    public FaultPlan Plan { get; set; }

    /// <summary>Deliveries on their way. Under the gate.</summary>
    public int Scheduled => _schedule.Count;

    public DateTimeOffset? NextDue => _schedule.NextDue;

    private bool IsStepped => _options.Delivery == DeliveryMode.Stepped || Plan.Ordering == MessageOrder.Shuffle;

    /// <summary>Whether all that goes to the client arrives at once, so that nothing needs to be decided. Under the gate.</summary>
    public bool IsPlain(InMemoryBrokerClient client) =>
        Plan.IsNone && _options.Delivery == DeliveryMode.Inline && client.Link.IsClear && _schedule.Count == _laters;

    /// <summary>Sends something to a client. Under the gate.</summary>
    /// <param name="client">Whom to.</param>
    /// <param name="about">What it is about, for rules and the log.</param>
    /// <param name="arrive">The arrival; runs outside the gate.</param>
    /// <param name="now">Takes what the caller is to run at once, outside the gate.</param>
    /// <param name="mayRepeat">Whether it may arrive twice.</param>
    /// <param name="lost">Told, under the gate, when it never will.</param>
    /// <param name="lane">Whose order it keeps; the client's where left out, unless order is shuffled.</param>
    public void Send(
        InMemoryBrokerClient client, BrokerMessage about, Action arrive, List<Action> now, bool mayRepeat = false, Action? lost = null, DeliveryLane? lane = null)
    {
        var link = client.Link;
        var rule = Rule(about, FaultAction.Drop, FaultAction.Delay);
        var reason = rule?.Action == FaultAction.Drop ? $"the rule for '{rule.Pattern}'"
            : link.Partitioned.HasFlag(LinkDirection.ToClient) ? "the partition"
            : Draw(Plan.DropRate) ? "chance"
            : null;
        if (reason is not null)
        {
            _journal.Record(BrokerLogKind.Dropped, about.Topic, about.Id, client: client.Name, message: about, note: $"lost to {reason}");
            lost?.Invoke();
            return;
        }

        var repeats = mayRepeat && Draw(Plan.DuplicateRate);
        var whole = OfThisConnection(client, about, lost, Draw(Plan.DisconnectRate) ? Cut(client, about, lost) : Counted(client, arrive));
        arrive = OfThisConnection(client, about, null, arrive);
        if (link.Held.HasFlag(LinkDirection.ToClient))
        {
            link.HeldArrivals.Enqueue(whole);
            return;
        }

        lane ??= Plan.Ordering == MessageOrder.InOrder ? link.Lane : null;
        Place(rule?.Delay ?? TimeSpan.Zero, lane, whole, now);
        if (repeats)
        {
            _journal.Record(BrokerLogKind.Duplicated, about.Topic, about.Id, client: client.Name, message: about);
            Place(TimeSpan.Zero, lane, arrive, now);
        }
    }

    /// <summary>Refuses what a rule refuses. Under the gate.</summary>
    public void ThrowIfRefused(BrokerMessage about)
    {
        if (Rule(about, FaultAction.Error) is { } rule)
        {
            var error = new BrokerException(rule.Error, $"The fault rule for '{rule.Pattern}' refuses '{about.Topic}'.");
            _journal.Record(BrokerLogKind.Refused, about.Topic, about.Id, error, message: about);
            throw error;
        }
    }

    /// <summary>How long a call waits for its acknowledgement. Under the gate.</summary>
    public TimeSpan DrawCallLatency() => Plan.CallLatency.IsZero ? TimeSpan.Zero : Plan.CallLatency.Draw(_random);

    /// <summary>Lets something happen after a while. Under the gate.</summary>
    public void After(TimeSpan delay, Action action)
    {
        _laters++;
        _schedule.Add(_time.GetUtcNow() + delay, ++_lastOrder, () =>
        {
            lock (_gate)
            {
                _laters--;
            }

            action();
        });
        Arm();
    }

    /// <summary>Runs the next delivery, whenever it is due; false where none is on its way.</summary>
    public async ValueTask<bool> TickAsync()
    {
        DateTimeOffset due;
        lock (_gate)
        {
            if (_schedule.NextDue is not { } next)
            {
                return false;
            }

            due = next;
            // The clock is moved to the delivery first; its timers must not take it meanwhile.
            _runners++;
        }

        try
        {
            if (_time is VirtualClock clock && due > clock.GetUtcNow())
            {
                await clock.PassAsync(due, CancellationToken.None).ConfigureAwait(false);
            }

            Take(due)?.Invoke();
        }
        finally
        {
            lock (_gate)
            {
                _runners--;
                Arm();
            }
        }

        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            _schedule.Clear();
            _runners++;
        }
    }

    private bool Draw(double rate) => rate > 0 && _random.NextDouble() < rate;

    private FaultRule? Rule(BrokerMessage about, params ReadOnlySpan<FaultAction> actions)
    {
        foreach (var rule in Plan.Rules)
        {
            if (actions.Contains(rule.Action) && BrokerTopic.Matches(rule.Pattern, about.Topic) && Holds(rule, about) && (rule.Rate >= 1 || Draw(rule.Rate)))
            {
                return rule;
            }
        }

        return null;
    }

    private bool Holds(FaultRule rule, BrokerMessage about)
    {
        try
        {
            return rule.When?.Invoke(about) != false;
        }
        catch (Exception e)
        {
            // The test's mistake must not leave the broker half-way; the expectation of no errors finds it.
            _journal.Record(BrokerLogKind.HandlerFailed, rule.Pattern, about.Id, e, message: about, note: "FaultRule.When");
            return false;
        }
    }

    private Action Cut(InMemoryBrokerClient client, BrokerMessage about, Action? lost)
    {
        var away = Plan.ReconnectAfter;
        return () =>
        {
            lock (_gate)
            {
                _journal.Record(BrokerLogKind.Dropped, about.Topic, about.Id, client: client.Name, message: about, note: "lost with the connection");
                lost?.Invoke();
            }

            client.Cut(away);
        };
    }

    /// <summary>What is on its way when the connection is cut is lost, whether or not there is another by then.</summary>
    private Action OfThisConnection(InMemoryBrokerClient client, BrokerMessage about, Action? lost, Action arrive)
    {
        var connection = client.Link.Connection;
        return () =>
        {
            if (client.Link.Connection == connection)
            {
                arrive();
                return;
            }

            lock (_gate)
            {
                _journal.Record(BrokerLogKind.Dropped, about.Topic, about.Id, client: client.Name, message: about, note: "lost with the connection");
                lost?.Invoke();
            }
        };
    }

    private static Action Counted(InMemoryBrokerClient client, Action arrive)
    {
        if (client.Link.DeliveriesLeft is not { } left)
        {
            return arrive;
        }

        client.Link.DeliveriesLeft = left > 1 ? left - 1 : null;
        return left > 1 ? arrive : () =>
        {
            arrive();
            client.Cut(null);
        };
    }

    /// <summary>Puts a delivery on its way, or among those that arrive at once.</summary>
    private void Place(TimeSpan delay, DeliveryLane? lane, Action arrive, List<Action> atOnce)
    {
        var now = _time.GetUtcNow();
        // Without latency all that is shuffled is due at once, whatever the clock says.
        var due = Plan.Ordering == MessageOrder.Shuffle && Plan.Latency.IsZero && delay == TimeSpan.Zero ? _start : now + delay + Plan.Latency.Draw(_random);
        var order = Plan.Ordering == MessageOrder.Shuffle ? _random.NextInt64(long.MaxValue / 2) : ++_lastOrder;
        if (lane is not null)
        {
            due = due > lane.LastDue ? due : lane.LastDue;
            order = order > lane.LastOrder ? order : lane.LastOrder + 1;
            lane.LastDue = due;
            lane.LastOrder = order;
        }

        if (!IsStepped && due <= now && _schedule.Count == _laters)
        {
            atOnce.Add(arrive);
            return;
        }

        _schedule.Add(due, order, arrive);
        Arm();
    }

    /// <summary>Sets the timer to the next delivery. Under the gate.</summary>
    private void Arm()
    {
        if (_runners > 0 || _schedule.NextDue is not { } due)
        {
            return;
        }

        var wait = due - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero && IsStepped && _time is not VirtualClock)
        {
            return;
        }

        _timer ??= _time.CreateTimer(static network => ((FaultyNetwork)network!).RunDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void RunDue()
    {
        lock (_gate)
        {
            if (_runners > 0)
            {
                return;
            }

            _runners++;
        }

        try
        {
            while (Take(_time.GetUtcNow()) is { } arrive)
            {
                arrive();
            }
        }
        finally
        {
            lock (_gate)
            {
                _runners--;
                Arm();
            }
        }
    }

    private Action? Take(DateTimeOffset by)
    {
        lock (_gate)
        {
            return _schedule.Take(by);
        }
    }
}
