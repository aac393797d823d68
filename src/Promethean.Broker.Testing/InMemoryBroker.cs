using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>A broker in memory, for tests: the same contract as the real one, without sockets and without waiting.</summary>
/// <remarks>
/// <para>Make one per test; instances share nothing. Any number of clients may connect, and every member may be called from any
/// thread.</para>
/// <para>Delivery is inline and in order: a publish completes after each subscriber's handler was handed the message, up to the
/// handler's first real wait; a request runs its worker's handler on the caller's thread up to the same point. A handler that is
/// busy keeps later messages in its own buffer. Handlers run under the ambient context of whoever registered them.</para>
/// <para>What a handler throws is counted and logged (<see cref="Counters"/>, <see cref="Log"/>) and never reaches the publisher.</para>
/// </remarks>
public sealed class InMemoryBroker : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Journal _journal;
    private readonly List<InMemoryBrokerClient> _clients = [];
    private readonly long _started;
    private int _named;
    private bool _disposed;

    /// <summary>Makes a broker.</summary>
    /// <param name="options">Limits; the defaults where left out.</param>
    /// <param name="time">The clock of timestamps, deadlines and waits for a connection, for example a fake one; the system's
    /// where left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public InMemoryBroker(InMemoryBrokerOptions? options = null, TimeProvider? time = null)
    {
        Options = options ?? new();
        Options.Validate();
        Time = time ?? TimeProvider.System;
        _started = Time.GetTimestamp();
        _journal = new(Time, Options.LogCapacity);
        Topics = new(_gate, _journal, Time);
        Work = new(_gate, _journal, Time, Options);
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

    internal TimeSpan Uptime => Time.GetElapsedTime(_started);

    internal InMemoryBrokerOptions Options { get; }

    internal TimeProvider Time { get; }

    internal TopicRouter Topics { get; }

    internal WorkRouter Work { get; }

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

    /// <summary>Disposes every client, and waits for the handlers that run.</summary>
    public async ValueTask DisposeAsync()
    {
        InMemoryBrokerClient[] clients;
        lock (_gate)
        {
            _disposed = true;
            clients = [.. _clients];
        }

        foreach (var client in clients)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }

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
}
