namespace Promethean.Broker.Server;

/// <summary>An organisation, and what its connections use together.</summary>
/// <remarks>The rate is a token bucket that holds one second's frames, kept as the time at which it would be full again (the
/// generic cell rate algorithm of ITU-T I.371).</remarks>
internal sealed class Tenant(string org, BrokerServerOptions options, TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly int _maxDetached = OrgShare.Of(options, options.MaxDetachedSessionsPerOrg, options.MaxDetachedSessions);
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _full;
    private int _connections;
    private int _requests;
    private int _detached;

    public string Org => org;

    /// <summary>Bytes of its requests that wait for a worker; the dispatcher's to change.</summary>
    public long WaitingBytes { get; set; }

    public bool TryConnect() => TryAdd(ref _connections, options.MaxConnectionsPerOrg);

    public void Disconnect() => Interlocked.Decrement(ref _connections);

    public bool TryBeginRequest() => TryAdd(ref _requests, options.MaxRequestsPerOrg);

    public void EndRequest() => Interlocked.Decrement(ref _requests);

    /// <summary>Counts a session whose client is away; false where there are too many.</summary>
    public bool TryDetach() => TryAdd(ref _detached, _maxDetached);

    public void EndDetached() => Interlocked.Decrement(ref _detached);

    /// <summary>Counts a frame; how long to wait before another try where there are too many, null where there are not.</summary>
    public TimeSpan? TryTakeFrame()
    {
        if (options.MaxFramesPerSecondPerOrg is not { } rate)
        {
            return null;
        }

        var cost = TimeSpan.FromSeconds(1d / rate);
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            var full = (_full > now ? _full : now) + cost;
            if (full - now > Burst)
            {
                return full - now - Burst;
            }

            _full = full;
            return null;
        }
    }

    /// <summary>How long until none of its frames counts any more.</summary>
    public TimeSpan UntilRested()
    {
        lock (_lock)
        {
            var rest = _full - time.GetElapsedTime(_start);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    private static bool TryAdd(ref int count, int limit)
    {
        if (Interlocked.Increment(ref count) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }
}
