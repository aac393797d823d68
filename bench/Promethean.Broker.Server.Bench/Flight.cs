namespace Promethean.Broker.Server.Bench;

/// <summary>How many messages are on their way: so few that nobody along it drops any, and enough that nobody waits for work.</summary>
/// <remarks>Members may be called from any thread; as many senders as there are may each go one beyond the size.</remarks>
internal sealed class Flight : IDisposable
{
    /// <summary>The most on their way at once; every peer gets the same.</summary>
    public const int Size = 4096;

    private const int Nobody = -1;
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _landed = new(0);
    private long _sent;
    private long _arrived;
    private int _awaited = Nobody;

    private long Left => Interlocked.Read(ref _sent) - Interlocked.Read(ref _arrived);

    /// <summary>Waits, when the flight is full, until half of it has arrived: whoever is woken has something to do.</summary>
    public async ValueTask SendAsync(int messages)
    {
        if (Left + messages > Size) await WaitAsync(Size / 2);
        Interlocked.Add(ref _sent, messages);
    }

    public void Arrive(int messages)
    {
        Interlocked.Add(ref _arrived, messages);
        if (Left <= Volatile.Read(ref _awaited)) _landed.Release();
    }

    /// <summary>Ends when everything sent has arrived.</summary>
    /// <exception cref="InvalidOperationException">More arrived than was sent.</exception>
    public async Task EmptyAsync()
    {
        await WaitAsync(0);
        if (Left < 0) throw new InvalidOperationException($"{-Left} messages arrived more often than they were sent.");
    }

    public void Dispose()
    {
        _gate.Dispose();
        _landed.Dispose();
    }

    private async Task WaitAsync(int left)
    {
        await _gate.WaitAsync();
        Interlocked.Exchange(ref _awaited, left);
        while (Left > left)
        {
            if (!await _landed.WaitAsync(Guard)) throw new TimeoutException($"{Left} messages did not arrive.");
        }

        Interlocked.Exchange(ref _awaited, Nobody);
        _gate.Release();
    }
}
