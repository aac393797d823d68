namespace Promethean.Broker.Testing;

/// <summary>The stage of the cases of <see cref="IBrokerClient"/>.</summary>
internal sealed class ConformanceStage(Func<ValueTask<IBrokerClient>> connect, CancellationToken guard) : ConformanceStage<IBrokerClient>(connect, guard)
{
    public static ConformanceCase<IBrokerClient> Case(string name, Func<ConformanceStage, Task> run) => new(
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

    /// <summary>Subscribes with a handler that only collects.</summary>
    public async ValueTask<Collector> CollectAsync(IBrokerClient client, string pattern)
    {
        var collector = new Collector(Guard);
        await client.SubscribeAsync(pattern, collector.TakeAsync, cancellationToken: Guard).ConfigureAwait(false);
        return collector;
    }

    public ValueTask PublishAsync(IBrokerClient client, string topic, int number) => client.PublishAsync(topic, Note(number), cancellationToken: Guard);
}
