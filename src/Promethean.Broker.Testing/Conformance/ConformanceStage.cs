namespace Promethean.Broker.Testing;

/// <summary>What one case runs on: clients that are disposed with it, and names that no other case uses.</summary>
internal sealed class ConformanceStage(Func<ValueTask<IBrokerClient>> connect, CancellationToken guard) : IAsyncDisposable
{
    private readonly string _prefix = $"conformance.{Guid.NewGuid():N}.";
    private readonly List<IBrokerClient> _clients = [];

    /// <summary>Ends when the case has hung.</summary>
    public CancellationToken Guard => guard;

    public static ConformanceCase Case(string name, Func<ConformanceStage, Task> run) => new(
        name,
        async (connect, guard) =>
        {
            var stage = new ConformanceStage(connect, guard);
            await using (stage.ConfigureAwait(false))
            {
                await run(stage).ConfigureAwait(false);
            }
        });

    public static JsonPayload Note(int number, string text = "") =>
        JsonPayload.From(new(number, text), ConformanceJsonContext.Default.ConformanceNote);

    public static BrokerReply Partial(int number) => new("step", Note(number), false);

    public static BrokerReply Final(int number) => new("done", Note(number), true);

    public static int Number(JsonPayload payload) => payload.Read(ConformanceJsonContext.Default.ConformanceNote)?.Number ?? -1;

    /// <summary>A topic or an action of this case alone.</summary>
    public string Named(string name) => _prefix + name;

    public async ValueTask<IBrokerClient> ConnectAsync()
    {
        var client = await connect().ConfigureAwait(false);
        _clients.Add(client);
        return client;
    }

    /// <summary>Subscribes with a handler that only collects.</summary>
    public async ValueTask<Collector> CollectAsync(IBrokerClient client, string pattern)
    {
        var collector = new Collector(guard);
        await client.SubscribeAsync(pattern, collector.TakeAsync, cancellationToken: guard).ConfigureAwait(false);
        return collector;
    }

    public ValueTask PublishAsync(IBrokerClient client, string topic, int number) => client.PublishAsync(topic, Note(number), cancellationToken: guard);

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
