using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>A broker in memory, for tests: the same contract as the real one, without sockets and without waiting, and with the
/// faults of a network where a test asks for them.</summary>
/// <remarks>
/// <para>Make one per test; instances share nothing. Any number of clients may connect, and every member may be called from any
/// thread.</para>
/// <para>Delivery is inline and in order: a publish completes after each subscriber's handler was handed the message, up to the
/// handler's first real wait; a request runs its worker's handler on the caller's thread up to the same point. A handler that is
/// busy keeps later messages in its own buffer. Handlers run under the ambient context of whoever registered them. With latency,
/// <see cref="MessageOrder.Shuffle"/> or <see cref="DeliveryMode.Stepped"/>, deliveries are scheduled instead: they run when the
/// clock reaches them, or by <see cref="TickAsync"/>.</para>
/// <para>What a handler throws is counted and logged (<see cref="Counters"/>, <see cref="Log"/>) and never reaches the publisher,
/// unless <see cref="InMemoryBrokerOptions.PropagateHandlerExceptions"/> asks for it.</para>
/// <para>All chance comes from <see cref="InMemoryBrokerOptions.Seed"/>. A single-threaded test on a <see cref="VirtualClock"/> is
/// replayed exactly by its seed; one that runs on several threads as far as their order is the same.</para>
/// </remarks>
public sealed class InMemoryBroker : IAsyncDisposable
{
    private const int MaxTicks = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Journal _journal;
    private readonly List<InMemoryBrokerClient> _clients = [];
    private readonly QuietWait _quiet;
    private readonly long _started;
    private int _named;
    private bool _disposed;

    /// <summary>Makes a broker.</summary>
    /// <param name="options">Faults, seed and limits; the defaults where left out.</param>
    /// <param name="time">The clock of timestamps, latency, deadlines and waits: a <see cref="VirtualClock"/>, another fake one, or
    /// the system's where left out.</param>
    /// <exception cref="ArgumentException">A setting is out of its range or contradicts another; the message names it.</exception>
    public InMemoryBroker(InMemoryBrokerOptions? options = null, TimeProvider? time = null)
    {
        Options = options ?? new();
        Options.Validate();
        Time = time ?? TimeProvider.System;
        _started = Time.GetTimestamp();
        _journal = new(Time, Options.LogCapacity);
        Network = new(_gate, _journal, Time, Options);
        Topics = new(_gate, _journal, Time, Network, Signal, Options);
        Work = new(_gate, _journal, Time, Network, Signal, Options);
        Queues = new(_gate, _journal, Time, Network, Signal, Options);
        _quiet = new(this);
    }

    /// <summary>What has happened so far, in numbers.</summary>
    public BrokerCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _journal.Counters;
            }
        }
    }

    /// <summary>What has happened, oldest first, as far back as <see cref="InMemoryBrokerOptions.LogCapacity"/> reaches.</summary>
    public IReadOnlyList<BrokerLogEntry> Log
    {
        get
        {
            lock (_gate)
            {
                return _journal.Entries;
            }
        }
    }

    /// <summary>The seed of all chance here.</summary>
    public int Seed => Options.Seed;

    /// <summary>What goes wrong from now on. What is on its way already keeps its fate.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range or contradicts another; the message names it.</exception>
    public FaultPlan Faults
    {
        get => Network.Plan;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            lock (_gate)
            {
                Network.Plan = value;
            }
        }
    }

    /// <summary>Deliveries on their way, because of latency, order or stepping.</summary>
    public int Scheduled
    {
        get
        {
            lock (_gate)
            {
                return Network.Scheduled;
            }
        }
    }

    /// <summary>What is under way: deliveries, messages in buffers, handlers that run, requests without an end, tasks with a consumer.
    /// What a test holds, and tasks held back or without a consumer, are not.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return Network.Scheduled + Topics.Pending + Work.Pending + Queues.Pending;
            }
        }
    }

    /// <summary>The clock of the broker.</summary>
    public TimeProvider Time { get; }

    internal TimeSpan Uptime => Time.GetElapsedTime(_started);

    internal InMemoryBrokerOptions Options { get; }

    internal FaultyNetwork Network { get; }

    internal TopicRouter Topics { get; }

    internal WorkRouter Work { get; }

    internal QueueRouter Queues { get; }

    internal WorkSignal Signal { get; } = new();

    internal Lock Gate => _gate;

    internal long LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _journal.LastSequence;
            }
        }
    }

    /// <summary>Connects a new client; it is connected at once. Disposing the broker disposes it too.</summary>
    /// <param name="name">Its name in the log; <c>client-1</c>, <c>client-2</c> and so on where left out.</param>
    /// <exception cref="ObjectDisposedException">The broker is disposed.</exception>
    public InMemoryBrokerClient Connect(string? name = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var client = new InMemoryBrokerClient(this, name ?? string.Create(CultureInfo.InvariantCulture, $"client-{++_named}"));
            _clients.Add(client);
            _journal.Record(BrokerLogKind.Connected, client.Name);
            return client;
        }
    }

    /// <summary>Runs the next scheduled delivery, whenever it is due: the clock is moved there where it is a
    /// <see cref="VirtualClock"/>.</summary>
    /// <returns>Whether there was one.</returns>
    public async ValueTask<bool> TickAsync()
    {
        using var driving = (Time as VirtualClock)?.Drive();
        return await StepAsync().ConfigureAwait(false);
    }

    /// <summary>Runs scheduled deliveries, and those that they set off, until none is left.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="BrokerAssertionException">After a million of them: something answers itself.</exception>
    public async ValueTask<int> TickAllAsync()
    {
        for (var ticks = 0; ticks < MaxTicks; ticks++)
        {
            if (!await TickAsync().ConfigureAwait(false))
            {
                return ticks;
            }
        }

        throw Failure($"{MaxTicks} deliveries did not come to an end: some handler answers what it sets off itself.");
    }

    /// <summary>Completes when nothing is in flight (<see cref="InFlight"/>); what has not happened by then does not happen by itself.</summary>
    /// <remarks>Scheduled deliveries are run. Where the clock is a <see cref="VirtualClock"/>, time is let pass from timer to timer
    /// while something waits for it. Otherwise real work is waited for; only where nothing moves for
    /// <see cref="InMemoryBrokerOptions.HangGuard"/> does it fail.</remarks>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BrokerAssertionException">Nothing moves any more, and something is in flight: the message says what.</exception>
    public ValueTask QuietAsync(CancellationToken cancellationToken = default) => _quiet.RunAsync(heldBackToo: false, cancellationToken);

    /// <summary>Ends all faults and lets everything recover: no more loss, latency or shuffling, partitions healed, what is held
    /// released, clients connected again; then waits until nothing is in flight, tasks held back included.</summary>
    /// <remarks>A system whose parts recover from faults gets its work done in here; one that does not fails, with what is stuck.</remarks>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BrokerAssertionException">Something is stuck, or a queue that has consumers did not become empty.</exception>
    public async ValueTask RecoverAsync(CancellationToken cancellationToken = default)
    {
        Heal();
        await _quiet.RunAsync(heldBackToo: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all faults, as <see cref="RecoverAsync"/> does, without waiting for anything.</summary>
    public void Heal()
    {
        Faults = FaultPlan.None;
        foreach (var client in Clients())
        {
            client.Heal();
        }
    }

    /// <summary>Cuts the connection of every client; see <see cref="InMemoryBrokerClient.DisconnectNow"/>.</summary>
    public void DisconnectNow()
    {
        foreach (var client in Clients())
        {
            client.DisconnectNow();
        }
    }

    /// <summary>Disposes every client, and waits for the handlers that run.</summary>
    /// <exception cref="BrokerAssertionException">A handler did not end within <see cref="InMemoryBrokerOptions.HangGuard"/>, though its
    /// token told it to; the message says which.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync().WaitAsync(GuardTime, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw Failure("The broker was disposed, and a handler goes on although its token has ended.", e);
        }
    }

    /// <summary>Ends everything without waiting for handlers: a test has failed, and must not hang as well.</summary>
    internal void Abandon() => _ = EndAsync();

    /// <summary>How long nothing may move.</summary>
    internal TimeSpan GuardTime => System.Diagnostics.Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Options.HangGuard;

    private async Task EndAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        Network.Dispose();
        Queues.Dispose();
        // All at once: a handler of one may wait for another.
        await Task.WhenAll(Clients().Select(client => client.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    internal async ValueTask<bool> StepAsync()
    {
        var ran = await Network.TickAsync().ConfigureAwait(false);
        await RestAsync().ConfigureAwait(false);
        return ran;
    }

    internal Task RestAsync() => Time is VirtualClock clock ? clock.RestAsync() : Task.CompletedTask;

    /// <summary>A failure that tells the seed, the faults and what led to it.</summary>
    internal BrokerAssertionException Failure(string message, Exception? cause = null) =>
        new(FailureReport.Write(this, message, Describe()), cause);

    internal void Forget(InMemoryBrokerClient client)
    {
        lock (_gate)
        {
            _clients.Remove(client);
        }
    }

    internal void Record(BrokerLogKind kind, string subject)
    {
        lock (_gate)
        {
            _journal.Record(kind, subject);
        }
    }

    private List<InMemoryBrokerClient> Clients()
    {
        lock (_gate)
        {
            return [.. _clients];
        }
    }

    private List<string> Describe()
    {
        lock (_gate)
        {
            List<string> scheduled = Network.Scheduled > 0 ? [$"{Network.Scheduled} deliveries on their way"] : [];
            return [.. scheduled, .. Topics.Describe(), .. Work.Describe(), .. Queues.Describe(), .. _clients.Select(client => client.Describe()).OfType<string>()];
        }
    }
}
