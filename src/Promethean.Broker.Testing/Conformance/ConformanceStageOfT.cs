namespace Promethean.Broker.Testing;

/// <summary>What one case runs on: clients that are disposed with it, and names that no other case uses.</summary>
internal abstract class ConformanceStage<TClient>(Func<ValueTask<TClient>> connect, CancellationToken guard) : IAsyncDisposable
    where TClient : IAsyncDisposable
{
    private readonly string _prefix = $"conformance.{Guid.NewGuid():N}.";
    private readonly List<TClient> _clients = [];

    /// <summary>Ends when the case has hung.</summary>
    public CancellationToken Guard => guard;

    /// <summary>A topic, an action or a queue of this case alone.</summary>
    public string Named(string name) => _prefix + name;

    public async ValueTask<TClient> ConnectAsync()
    {
        var client = await connect().ConfigureAwait(false);
        _clients.Add(client);
        return client;
    }

    /// <summary>Waits for something that the contract lets happen a little later; it yields, it does not sleep.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        while (!condition())
        {
            if (guard.IsCancellationRequested)
            {
                throw new ConformanceException($"Waited in vain until {what}.");
            }

            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
