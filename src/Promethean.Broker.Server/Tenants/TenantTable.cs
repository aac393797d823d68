namespace Promethean.Broker.Server;

/// <summary>The organisations that have anything to do with the broker now: an open socket, or a session that may be resumed.</summary>
/// <remarks>Where the host's authentication names them, there is no end to their names: one that nobody acts for any more is forgotten.
/// Only the frames of its last second are remembered for as long as they count, lest a new connection be a way around the limit.</remarks>
internal sealed class TenantTable(BrokerServerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Organisations that are known now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The organisation of whoever connects, which stays until <see cref="Leave"/> has been called as often.</summary>
    public Tenant Enter(ClientIdentity identity)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(identity.Org, out var entry))
            {
                _entries[identity.Org] = entry = new(new(identity.Org, options, time));
            }

            entry.Uses++;
            return entry.Tenant;
        }
    }

    /// <summary>One more who acts for an organisation that is there, to be undone by <see cref="Leave"/>.</summary>
    public void Stay(Tenant tenant)
    {
        lock (_lock)
        {
            _entries[tenant.Org].Uses++;
        }
    }

    /// <summary>One less; with the last the organisation is forgotten.</summary>
    public void Leave(Tenant tenant)
    {
        lock (_lock)
        {
            var entry = _entries[tenant.Org];
            entry.Uses--;
            ForgetUnused(entry);
        }
    }

    private void Rested(Entry entry)
    {
        lock (_lock)
        {
            // It may have been used again, and even been forgotten, since the timer was set.
            if (_entries.GetValueOrDefault(entry.Tenant.Org) == entry)
            {
                ForgetUnused(entry);
            }
        }
    }

    private void ForgetUnused(Entry entry)
    {
        if (entry.Uses > 0)
        {
            return;
        }

        entry.Rest?.Dispose();
        var rest = entry.Tenant.UntilRested();
        if (rest > TimeSpan.Zero)
        {
            // Timers count whole milliseconds, and one that comes too early comes in vain.
            entry.Rest = time.CreateTimer(_ => Rested(entry), null, TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
        else
        {
            _entries.Remove(entry.Tenant.Org);
        }
    }

    private sealed class Entry(Tenant tenant)
    {
        public Tenant Tenant => tenant;

        public int Uses { get; set; }

        public ITimer? Rest { get; set; }
    }
}
